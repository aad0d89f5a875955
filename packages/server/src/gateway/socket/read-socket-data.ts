import type { JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Header } from '../client-headers.ts'
import { invalidRequest } from '../invalid-request.ts'
import { readRouteData } from '../read-route-data.ts'

/** What a client opens a socket with, besides the path. */
export interface SocketData {
  /** Without the question mark; '' for none. */
  readonly query: string
  readonly headers: readonly Header[]
  /** Subprotocols that it offers to the backend. */
  readonly protocols: readonly string[]
}

const PROTOCOLS_MAX = 16

/** Tokens, as RFC 6455 §4.1 wants them, none twice. */
const protocolList = Compile(
  Type.Array(Type.String({ pattern: "^[\\w!#$%&'*+.^`|~-]{1,64}$" }), { maxItems: PROTOCOLS_MAX, uniqueItems: true }),
)

/** Reads `{query?, header?, protocols?}`. Throws `GATEWAY_REQUEST_INVALID` with the field. */
export function readSocketData({ protocols = [], ...data }: JsonObject): SocketData {
  const { query, headers } = readRouteData(data, { method: 'GET', bodyMaxBytes: Number.MAX_SAFE_INTEGER })
  if (!protocolList.Check(protocols)) throw invalidRequest('protocols', 'no list of different tokens')
  return { query, headers, protocols }
}
