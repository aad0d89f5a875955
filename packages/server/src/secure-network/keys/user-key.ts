import type { App, Bridge, Credential } from '@drawbridge/bridge'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import { keyRefusal } from './key-refusal.ts'

/** Lookups of one address in a minute that may end at WeChat; what they cost there the bridge bounds for each user. */
export const KEY_LOOKUPS_PER_MINUTE = 3000

/** A version lives an hour, and a message sealed with it may be under way when it ends. */
const LIFETIME_MS = 3_600_000
const GRACE_MS = 300_000
const IV_BYTES = 16

/** WeChat's key of one user, at one version. */
export interface UserKey {
  readonly key: Buffer
  /** 16 bytes. */
  readonly iv: Buffer
  /** ms since epoch; messages that name the version are refused from then on. */
  readonly acceptedUntil: number
}

/** Whose key, and who asks for it. */
export interface UserKeyName {
  readonly app: App
  readonly openid: string
  readonly version: number
  /** The sender's address. */
  readonly address: string
  /** The lengths that a key may have. */
  readonly keyBytes: readonly number[]
}

/** What keys are found with. */
export interface UserKeyDeps {
  readonly bridge: Pick<Bridge, 'get' | 'peek'>
  /** Counts, by address, lookups that may end at WeChat. */
  readonly asks: RateLimiter
  /** ms since epoch. */
  readonly now: () => number
}

/**
 * WeChat's key of a user at exactly this version, newer or older ones never. Who has no session costs WeChat nothing;
 * what else is asked of it the bridge bounds: two calls a minute and user, none for a version that cannot be.
 */
export async function findUserKey(
  { app, openid, version, address, keyBytes }: UserKeyName,
  { bridge, asks, now }: UserKeyDeps,
): Promise<UserKey | Refused> {
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
    const acceptedUntil = acceptedUntilOf(credential)
    if (now() >= acceptedUntil) return refuse('ENCRYPT_KEY_UNKNOWN', 'the version ended more than five minutes ago')
    const material = materialOf(credential.value, keyBytes)
    const sizes = keyBytes.join(' or ')
    return material
      ? { ...material, acceptedUntil }
      : refuse('ENCRYPT_KEY_UNAVAILABLE', `the stored key is not ${sizes} bytes with an iv of ${IV_BYTES}`)
  } catch (error) {
    return keyRefusal(error)
  }
}

/** A version that WeChat lists as ended is good for messages under way, and for nothing older. */
function acceptedUntilOf({ expiresAt, createdAt }: Credential): number {
  const end = expiresAt ?? Number.POSITIVE_INFINITY
  return Math.min(end, createdAt === undefined ? end : createdAt + LIFETIME_MS) + GRACE_MS
}

function materialOf(value: Credential['value'], keyBytes: readonly number[]): Pick<UserKey, 'key' | 'iv'> | undefined {
  if (Array.isArray(value)) return undefined
  const { encrypt_key: text, iv: salt } = value as Readonly<Record<string, unknown>>
  if (typeof text !== 'string' || typeof salt !== 'string') return undefined
  const key = Buffer.from(text, 'base64')
  const iv = Buffer.from(salt, 'utf8')
  return keyBytes.includes(key.length) && iv.length === IV_BYTES ? { key, iv } : undefined
}
