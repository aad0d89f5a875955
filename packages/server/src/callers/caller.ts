import type { IncomingHttpHeaders } from 'node:http'
import type { Scope } from '../config/server-config.ts'

/** How a caller proved itself. */
export type SchemeName = 'bearer' | 's2s' | 'signature' | 'address'

/** Somebody who proved who they are, and what they may do. Made by a scheme, and by nothing else. */
export interface Caller {
  /** Stable and free of secrets: `token:<id>`, `key:<keyId>`, `s2s`, `address:<ip>`. Names the caller in logs, audit and limits. */
  readonly id: string
  readonly scheme: SchemeName
  readonly scopes: readonly Scope[]
  /**
   * How much of the request the proof covers. `fields`: the plain uni-cloud-s2s signature, which leaves out the path,
   * the HTTP method and every nested value; only the routes that the reference has accept it.
   */
  readonly covers: 'request' | 'fields'
}

/** What a scheme may look at. */
export interface CallerRequest {
  readonly method: string
  /** The request target as received: path and query, percent-encoding untouched. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The body's bytes as received; undefined when there is none. */
  readonly body: Uint8Array | undefined
  /** The client's address as text; IPv4-mapped IPv6 addresses are given as IPv4. */
  readonly address: string
  /** Scheme and authority as the client used them, as far as declared proxies are believed. */
  origin(): { readonly scheme: string; readonly authority: string }
}

/** One way to prove who is calling. */
export interface Scheme {
  readonly name: SchemeName
  /** Whether the request carries a credential of this scheme, good or bad. */
  presents(request: CallerRequest): boolean
  /**
   * Whether its secrets could be found by trying: then an address that has failed too often is not even heard. With
   * the others a flood of bad credentials does not lock out the good ones that come from the same address.
   */
  readonly isGuessable: boolean
  /**
   * The caller; throws `CALLER_UNKNOWN`, `SIGNATURE_INVALID` or `REPLAY_REFUSED`. A promise only where I/O is due.
   * @param isFlooded the address has failed too often: what is not in memory is not looked up.
   */
  identify(request: CallerRequest, isFlooded: boolean): Caller | Promise<Caller>
}
