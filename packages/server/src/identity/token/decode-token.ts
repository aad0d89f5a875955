import { timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { refusal } from '../refusal.ts'
import { signatureOf } from './encode-token.ts'

/** What a token says, once its signature is proven. */
export interface TokenPayload {
  readonly uid: string
  /** Seconds since epoch. */
  readonly iat: number
  readonly exp: number
  /** Everything, the three above included. */
  readonly claims: JsonObject
}

const TOKEN_MAX_CHARS = 8192
const PARTS = /^([\w-]{1,200})\.([\w-]+)\.([\w-]{43})$/

/**
 * Opens a token: one algorithm (HS256), signatures compared in constant time. Throws `LOGIN_REFUSED` with
 * `uni-id-check-token-failed` for every way to be wrong, and `uni-id-token-expired` for a true token that has ended.
 */
export function decodeToken(token: string, keys: readonly KeyObject[], now: number): TokenPayload {
  const parts = token.length <= TOKEN_MAX_CHARS ? PARTS.exec(token) : null
  const [, header = '', body = '', signature = ''] = parts ?? []
  if (parts === null || !isSigned(`${header}.${body}`, signature, keys)) throw refusal('uni-id-check-token-failed')
  const { alg, typ } = parsed(header)
  const claims = parsed(body)
  const { uid, iat, exp } = claims
  if (alg !== 'HS256' || typ !== 'JWT' || typeof uid !== 'string' || uid === '') {
    throw refusal('uni-id-check-token-failed')
  }
  if (typeof iat !== 'number' || typeof exp !== 'number') throw refusal('uni-id-check-token-failed')
  if (exp * 1000 <= now) throw refusal('uni-id-token-expired')
  return { uid, iat, exp, claims }
}

/** The texts are compared, not the bytes: one signature has one spelling. */
function isSigned(signed: string, signature: string, keys: readonly KeyObject[]): boolean {
  let isOne = false
  for (const key of keys) {
    if (timingSafeEqual(Buffer.from(signatureOf(signed, key)), Buffer.from(signature))) isOne = true
  }
  return isOne
}

function parsed(part: string): JsonObject {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Json
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Told below, like everything that is no token.
  }
  throw refusal('uni-id-check-token-failed')
}
