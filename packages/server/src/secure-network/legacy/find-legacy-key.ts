import type { Bridge, Credential } from '@drawbridge/bridge'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import { keyRefusal } from '../keys/key-refusal.ts'
import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { LegacyUser } from './find-legacy-user.ts'
import type { LegacyKey } from './legacy-key.ts'

/** A version lives an hour, and a message sealed with it may be under way when it ends. */
const LIFETIME_MS = 3_600_000
const GRACE_MS = 300_000
const IV_BYTES = 16
const KEY_BYTES: ReadonlySet<number> = new Set([16, 24, 32])

/** What keys are found with. */
export interface LegacyKeyDeps {
  readonly bridge: Pick<Bridge, 'get' | 'peek'>
  /** Counts, by address, lookups that may end at WeChat. */
  readonly asks: RateLimiter
  /** ms since epoch. */
  readonly now: () => number
}

/**
 * WeChat's key of a user at exactly this version, newer or older ones never. Who has no session costs WeChat nothing;
 * what else is asked of it the bridge bounds.
 */
export async function findLegacyKey(
  { app, openid }: LegacyUser,
  { version, address }: { readonly version: number; readonly address: string },
  { bridge, asks, now }: LegacyKeyDeps,
): Promise<LegacyKey | Refused> {
  try {
    const session = await bridge.get({ kind: 'session_key', app, openid })
    if (session === null) return refuse('ENCRYPT_KEY_UNAVAILABLE', 'the user has no session key: a login is needed')
    const name = { kind: 'encrypt_key', app, openid, version } as const
    let credential: Credential | null | undefined = bridge.peek(name)
    if (!credential) {
      asks.take(address)
      credential = await bridge.get(name)
    }
    if (!credential) return refuse('ENCRYPT_KEY_UNKNOWN', 'no such version')
    if (now() >= acceptedUntil(credential))
      return refuse('ENCRYPT_KEY_UNKNOWN', 'the version ended more than five minutes ago')
    return (
      keyOf(credential.value) ??
      refuse('ENCRYPT_KEY_UNAVAILABLE', 'the stored key is not 16, 24 or 32 bytes with an iv of 16')
    )
  } catch (error) {
    return keyRefusal(error)
  }
}

function acceptedUntil({ expiresAt, createdAt }: Credential): number {
  const end = expiresAt ?? Number.POSITIVE_INFINITY
  return Math.min(end, createdAt === undefined ? end : createdAt + LIFETIME_MS) + GRACE_MS
}

function keyOf(value: Credential['value']): LegacyKey | undefined {
  if (Array.isArray(value)) return undefined
  const { encrypt_key: text, iv: salt } = value as Readonly<Record<string, unknown>>
  if (typeof text !== 'string' || typeof salt !== 'string') return undefined
  const key = Buffer.from(text, 'base64')
  const iv = Buffer.from(salt, 'utf8')
  return KEY_BYTES.has(key.length) && iv.length === IV_BYTES ? { key, iv } : undefined
}
