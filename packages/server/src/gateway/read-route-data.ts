import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { clientHeaders } from './client-headers.ts'
import type { Header } from './client-headers.ts'
import { invalidRequest } from './invalid-request.ts'

/** What a client sends to a route besides method and path. */
export interface RouteData {
  /** Without the question mark; '' for none. */
  readonly query: string
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

const QUERY_MAX_CHARS = 8192

const schema = Compile(
  Type.Object(
    {
      query: Type.Optional(Type.String({ maxLength: QUERY_MAX_CHARS })),
      header: Type.Optional(Type.Record(Type.String(), Type.String())),
      body: Type.Optional(Type.String()),
      encoding: Type.Optional(Type.Literal('base64url')),
    },
    { additionalProperties: false },
  ),
)

const FIELDS: ReadonlySet<string> = new Set(['query', 'header', 'body', 'encoding'])
/** What RFC 3986 lets a query have. */
const QUERY = /^(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/
const BASE64URL = /^[\w-]*$/

/**
 * Reads `{query?, header?, body?, encoding?: 'base64url'}`; without `encoding` the body is text and goes on as UTF-8.
 * Throws `GATEWAY_REQUEST_INVALID` with the field, `BODY_TOO_LARGE`.
 */
export function readRouteData(
  data: JsonObject,
  { method, bodyMaxBytes }: { readonly method: string; readonly bodyMaxBytes: number },
): RouteData {
  if (!schema.Check(data)) throw invalidRequest(fieldOf(schema.Errors(data)[0]))
  const { query = '', header = {}, body = '', encoding } = data
  if (!QUERY.test(query)) throw invalidRequest('query', 'not encoded')
  const bytes = encoding ? base64urlBytes(body) : Buffer.from(body, 'utf8')
  if (bytes.length > bodyMaxBytes) throw new DrawbridgeError('BODY_TOO_LARGE', { limit: bodyMaxBytes })
  // Backends do not agree on whether these have bodies, and one that thinks not takes it for the next request.
  if (bytes.length > 0 && (method === 'GET' || method === 'HEAD')) throw invalidRequest('body', `none with ${method}`)
  return { query, headers: clientHeaders(header), body: bytes }
}

function base64urlBytes(text: string): Uint8Array {
  if (text.length % 4 === 1 || !BASE64URL.test(text)) throw invalidRequest('body', 'not base64url')
  return Buffer.from(text, 'base64url')
}

/** Of a field that is none only that: its name is the client's. */
function fieldOf(finding: { readonly instancePath: string } | undefined): string {
  const [, name = ''] = finding?.instancePath.split('/') ?? []
  return FIELDS.has(name) ? name : 'data'
}
