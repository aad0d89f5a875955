import type { CredentialValue } from '../credential.ts'
import type { ListedKey } from '../providers/user-encrypt-key.ts'

/** One version of a user's key as it is kept. */
export interface KeptKey {
  readonly version: number
  /** `{ encrypt_key, iv }` as the platform gave it, or whatever object a caller pushed. */
  readonly value: CredentialValue
  /** When the platform made it, ms since epoch; undefined: a caller pushed it. */
  readonly createdAt?: number
  /** When the platform retires it, ms since epoch; null: never (pushed so). */
  readonly endsAt: number | null
  /** Until when a message sealed with it may still be opened: `endsAt` plus the grace. */
  readonly keepUntil: number | null
}

/** All that is known of one user's keys; the value of one record. */
export interface EncryptKeys {
  readonly keys: readonly KeptKey[]
  /** The newest version that the platform ever listed; unset when it was never asked, or a version was removed since. */
  readonly newest?: number
  /** Moments at which the platform was asked, ms since epoch, the last few. */
  readonly askedAt: readonly number[]
}

/** A message under way may carry a version that was retired meanwhile: DCloud's bridge serves it for a day. */
const GRACE_MS = 86_400_000
/** How long the platform lets each version live. */
const LIFETIME_MS = 3_600_000
/** Versions rise by one for each key; further above the newest there is none. */
const JUMP_MOST = 100
const ASKS_MOST = 2
const ASKS_WITHIN_MS = 60_000

const NOTHING: EncryptKeys = { keys: [], askedAt: [] }

/** Reads the record's value; anything else counts as nothing known. */
export function encryptKeysOf(value: CredentialValue | null | undefined): EncryptKeys {
  if (value === null || value === undefined || Array.isArray(value)) return NOTHING
  const known = value as Partial<EncryptKeys>
  return Array.isArray(known.keys) && Array.isArray(known.askedAt) ? (known as EncryptKeys) : NOTHING
}

/** The key of one version, if it is kept and not past its grace. */
export function findKey(known: EncryptKeys, version: number, now: number): KeptKey | undefined {
  return known.keys.find((key) => key.version === version && isKept(key, now))
}

/**
 * Whether asking the platform could bring this version. It could not when the platform, having been asked, lists
 * only newer ones or did not list it, or when it is far above the newest. Whatever else a client claims costs at
 * most two calls a minute for each user.
 */
export function mayExist(known: EncryptKeys, version: number, now: number): boolean {
  if (known.newest !== undefined) {
    if (version <= known.newest || version > known.newest + JUMP_MOST) return false
  }
  return known.askedAt.filter((at) => now - at < ASKS_WITHIN_MS).length < ASKS_MOST
}

/** The platform's list joined with what is known: each version until its own end plus the grace. */
export function withListed(known: EncryptKeys, listed: readonly ListedKey[], startedAt: number): EncryptKeys {
  const fresh = listed.map((item) => keptFrom(item, startedAt))
  const versions = new Set(fresh.map((key) => key.version))
  const older = known.keys.filter((key) => !versions.has(key.version) && isKept(key, startedAt))
  const newest = Math.max(known.newest ?? 0, ...versions)
  return {
    keys: [...fresh, ...older].sort((a, b) => b.version - a.version),
    ...(newest > 0 ? { newest } : {}),
    askedAt: [...known.askedAt, startedAt].slice(-ASKS_MOST),
  }
}

/** With one version pushed by a caller. */
export function withPushed(known: EncryptKeys, key: KeptKey, now: number): EncryptKeys {
  const others = known.keys.filter((other) => other.version !== key.version && isKept(other, now))
  return { ...known, keys: [key, ...others].sort((a, b) => b.version - a.version) }
}

/** Without one version. The platform may be asked for it again, so what was known of its list is forgotten. */
export function withoutVersion({ keys, askedAt }: EncryptKeys, version: number): EncryptKeys {
  return { keys: keys.filter((key) => key.version !== version), askedAt }
}

/** When the record as a whole has no more use, ms since epoch; null: never. */
export function keysEndAt({ keys, askedAt }: EncryptKeys): number | null {
  let end = (askedAt.at(-1) ?? 0) + GRACE_MS
  for (const { keepUntil } of keys) {
    if (keepUntil === null) return null
    end = Math.max(end, keepUntil)
  }
  return end
}

function keptFrom({ version, encryptKey, iv, expireInSeconds, ...listed }: ListedKey, startedAt: number): KeptKey {
  const { createdAt = startedAt + expireInSeconds * 1000 - LIFETIME_MS } = listed
  const kept = { version, value: { encrypt_key: encryptKey, iv }, createdAt }
  if (expireInSeconds === 0) return { ...kept, endsAt: startedAt + GRACE_MS, keepUntil: startedAt + GRACE_MS }
  const endsAt = startedAt + expireInSeconds * 1000
  return { ...kept, endsAt, keepUntil: endsAt + GRACE_MS }
}

function isKept({ keepUntil }: KeptKey, now: number): boolean {
  return keepUntil === null || keepUntil > now
}
