import { createHmac, createSecretKey } from 'node:crypto'
import { constantTimeEqual } from '../callers/constant-time-equal.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const LIFETIME_MS = 7_200_000
const LABEL = 'drawbridge client access token 1'

/** The anonymous access tokens of the stock client. */
export interface AccessTokens {
  /** A new token for the clients of the space. */
  issue(spaceId: string): { readonly accessToken: string; readonly expiresInSecond: number }
  /** Whether the token was issued for this space and has not expired. */
  admits(spaceId: string, token: string): boolean
}

/**
 * Tokens that carry their own proof, so that strangers who ask for many fill no memory. They say nothing of who holds
 * them. @param key 32 bytes, the same in every replica; without one it is made here, and tokens end with the process.
 */
export function createAccessTokens({
  now,
  random,
  key = random(KEY_BYTES),
  lifetimeMs = LIFETIME_MS,
}: {
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly key?: Uint8Array | undefined
  readonly lifetimeMs?: number
}): AccessTokens {
  // As an object once: from raw bytes it would be made anew for every token.
  const secret = createSecretKey(key)
  const proof = (spaceId: string, expiresAt: string, nonce: string): string =>
    createHmac('sha256', secret).update([LABEL, spaceId, expiresAt, nonce].join('\n')).digest('base64url')

  return {
    issue(spaceId) {
      const expiresAt = String(now() + lifetimeMs)
      const nonce = Buffer.from(random(NONCE_BYTES)).toString('base64url')
      return {
        accessToken: `${expiresAt}.${nonce}.${proof(spaceId, expiresAt, nonce)}`,
        expiresInSecond: Math.floor(lifetimeMs / 1000),
      }
    },
    admits(spaceId, token) {
      const [expiresAt = '', nonce = '', given = '', ...rest] = token.split('.')
      if (rest.length > 0 || !constantTimeEqual(proof(spaceId, expiresAt, nonce), given)) return false
      return now() < Number(expiresAt)
    },
  }
}
