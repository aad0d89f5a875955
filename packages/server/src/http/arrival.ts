import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Upgrade } from './upgrade.ts'

/** A request at the door: what there is of it before anybody knows whose it is. */
export interface Arrival {
  readonly requestId: string
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The bytes of the body; undefined when there are none. */
  readonly body: Uint8Array | undefined
  /** The body that is still to be read; only for routes that take it so. */
  readonly stream?: Readable
  /** The connection, where the request asks for another protocol; only for routes that take it so. */
  readonly upgrade?: Upgrade | undefined
  /** The client's address, as the socket or a declared proxy says. */
  readonly address: string | undefined
  /** Scheme and authority as the client used them, as far as declared proxies are believed. */
  readonly origin: () => { readonly scheme: string; readonly authority: string }
  readonly response: ServerResponse
}
