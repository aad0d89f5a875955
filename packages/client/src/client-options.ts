import type { Primitives, RuleSet, SuiteNumber } from '@drawbridge/protocol'

/** What a client is told of its server and of itself. */
export interface ClientOptions {
  /** The server's address: `https://api.example.com`. */
  readonly endpoint: string
  readonly spaceId: string
  /** The DCloud app, `__UNI__…`, as the server's applications list has it. */
  readonly appId: string
  /** The rules that the app is built with: calls that they guard are signed. None unless given. */
  readonly rules?: RuleSet
  /** What seals; suite 2 in JavaScript unless given: see the entries. */
  readonly cipher?: ClientCipher
  /** Of a sealed request's body; 256 KiB unless given. */
  readonly bodyMaxBytes?: number
}

/** A suite and what it is made of. */
export interface ClientCipher {
  readonly suite: SuiteNumber
  readonly primitives: Primitives
}
