import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../callers/constant-time-equal.ts'
import type { ClientRequest } from './client-request.ts'

/**
 * The text that the stock client signs: the keys of the body whose values are truthy, in the order of their names,
 * joined as `key=value` with `&`, unescaped.
 */
export function signedText(request: ClientRequest): string {
  const { method, params, spaceId, timestamp, token } = request
  const text = `method=${method}&params=${params}&spaceId=${spaceId}&timestamp=${timestamp}`
  return token === undefined ? text : `${text}&token=${token}`
}

/** `x-serverless-sign`: HMAC-MD5 of {@link signedText} under the space's clientSecret, in lower-case hex. */
export function clientSign(request: ClientRequest, clientSecret: string): string {
  return createHmac('md5', clientSecret).update(signedText(request)).digest('hex')
}

/** Whether the request was signed with this secret; in constant time. */
export function isSignedBy(clientSecret: string, request: ClientRequest, sign: unknown): boolean {
  return typeof sign === 'string' && constantTimeEqual(clientSign(request, clientSecret), sign)
}
