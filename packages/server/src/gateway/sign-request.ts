import { createHash, createHmac } from 'node:crypto'
import type { Header } from './client-headers.ts'

/** A request as the backend sees it. */
export interface SignedParts {
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly body: Uint8Array
  /** Every `x-drawbridge-` header but the signature, names in lower case. */
  readonly headers: readonly Header[]
}

/**
 * The header that vouches for the others: `x-drawbridge-signature: v1=<hex>`, HMAC-SHA256 with the signing key over
 * lines with `\n` between: method, target, SHA-256 of the body in hex, then `name:value` of every header, sorted by
 * name.
 */
export function signRequest(key: string, { method, target, body, headers }: SignedParts): Header {
  const lines = [...headers].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => `${name}:${value}`)
  const digest = createHash('sha256').update(body).digest('hex')
  const text = [method, target, digest, ...lines].join('\n')
  return ['x-drawbridge-signature', `v1=${createHmac('sha256', key).update(text).digest('hex')}`]
}
