import { hash } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Scope } from '../../config/server-config.ts'
import type { MaybePromise } from '../and-then.ts'
import type { Caller } from '../caller.ts'
import type { TokenRecord, TokenStore } from './token-store.ts'

/** Bearer tokens: made, shown once, found by their hash, revoked. Every method may throw `STORE_UNAVAILABLE`. */
export interface BearerTokens {
  /**
   * A new token of 32 random bytes. This is the only time that it can be seen. Throws `REQUEST_INVALID` when it has no
   * scope, or its end is not ahead.
   * @param options `expiresAt` in ms since epoch.
   */
  create(options: {
    readonly name: string
    readonly scopes: readonly Scope[]
    readonly expiresAt: number
    readonly createdBy: string
  }): Promise<{ readonly token: string; readonly record: TokenRecord }>
  /** Newest first, the revoked and expired ones too; at most 1000. */
  list(): Promise<readonly TokenRecord[]>
  /** Ends a token: at once in this process, within 5 s in others. False when there is no such token that still lives. */
  revoke(id: string): Promise<boolean>
  /**
   * The caller that a token stands for; undefined when it is unknown, expired or revoked. No promise when it is known.
   * @param options `onlyKnown`: a token that this process has not met is not looked up.
   */
  find(token: string, options?: { readonly onlyKnown?: boolean }): MaybePromise<Caller | undefined>
  /** Writes down what is known of last uses. The database is its opener's to close. */
  close(): Promise<void>
}

interface Entry {
  readonly record: TokenRecord
  readonly caller: Caller
  readonly confirmedAt: number
  /** Used without a question until then. */
  trustedUntil: number
  /** Confirmed beside the next use from then on. */
  confirmFrom: number
  lastUsedAt: number
  writtenUseAt: number
}

const PREFIX = 'dbt_'
const SHAPE = /^dbt_[\w-]{43}$/
/** From this age on an entry is confirmed in the background, and from the second on before it is used. */
const CONFIRM_AFTER_MS = 2_500
const TRUST_MS = 5_000
/** While the database cannot answer, nobody can revoke either: what was good a while ago stays good. */
const OUTAGE_TRUST_MS = 10 * 60_000
const UNKNOWN_MS = 5_000
const UNKNOWN_MAX = 10_000
const USE_WRITE_EVERY_MS = 60_000

/**
 * Bearer tokens over a store, with what is known of them held in this process: a good token costs one hash and one
 * lookup, and the database is asked about it at most once in 2.5 s, beside the request.
 * @param random gives that many bytes fit for keys, as `crypto.randomBytes` does.
 */
export function createBearerTokens({
  store,
  now,
  random,
}: {
  readonly store: TokenStore
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
}): BearerTokens {
  const known = new Map<string, Entry>()
  const unknown = new Map<string, number>()
  const asking = new Map<string, Promise<Entry | undefined>>()
  let revocations = 0

  const remember = (secretHash: string, record: TokenRecord, at: number): Entry => {
    const entry: Entry = {
      record,
      caller: { id: `token:${record.id}`, scheme: 'bearer', scopes: record.scopes, covers: 'request' },
      confirmedAt: at,
      trustedUntil: at + TRUST_MS,
      confirmFrom: at + CONFIRM_AFTER_MS,
      lastUsedAt: known.get(secretHash)?.lastUsedAt ?? 0,
      writtenUseAt: record.lastUsedAt ?? 0,
    }
    known.set(secretHash, entry)
    return entry
  }

  const forget = (secretHash: string, at: number): void => {
    known.delete(secretHash)
    if (unknown.size >= UNKNOWN_MAX) unknown.clear()
    unknown.set(secretHash, at)
  }

  const ask = async (secretHash: string): Promise<Entry | undefined> => {
    const at = now()
    const seen = revocations
    let record: TokenRecord | undefined
    try {
      record = await store.byHash(secretHash)
    } catch (error) {
      const before = known.get(secretHash)
      if (!before || at - before.confirmedAt >= OUTAGE_TRUST_MS) throw error
      before.trustedUntil = at + TRUST_MS
      before.confirmFrom = at + CONFIRM_AFTER_MS
      return before
    }
    // A token was revoked here while the answer was on its way: it may be this one.
    if (seen !== revocations) return ask(secretHash)
    if (!record || record.revokedAt !== null || record.expiresAt <= at) {
      forget(secretHash, at)
      return undefined
    }
    return remember(secretHash, record, at)
  }

  /** One question at a time for a token, however many requests want the answer. */
  const confirm = (secretHash: string): Promise<Entry | undefined> => {
    const running = asking.get(secretHash)
    if (running) return running
    const work = ask(secretHash).finally(() => asking.delete(secretHash))
    asking.set(secretHash, work)
    return work
  }

  const writeUse = async (entry: Entry): Promise<void> => {
    if (entry.lastUsedAt - entry.writtenUseAt < USE_WRITE_EVERY_MS) return
    entry.writtenUseAt = entry.lastUsedAt
    await store.touch(entry.record.id, entry.lastUsedAt)
  }

  const confirmBeside = (secretHash: string, entry: Entry): void => {
    entry.confirmFrom = Infinity
    confirm(secretHash)
      .then((confirmed) => confirmed && writeUse(confirmed))
      // Nothing to tell: the tier's own event does, and an entry that nobody confirms ends by itself.
      .catch(() => undefined)
  }

  const used = (entry: Entry | undefined, at: number): Caller | undefined => {
    if (!entry || entry.record.expiresAt <= at) return undefined
    entry.lastUsedAt = at
    return entry.caller
  }

  return {
    async create({ name, scopes, expiresAt, createdBy }) {
      const at = now()
      if (scopes.length === 0)
        throw new DrawbridgeError('REQUEST_INVALID', { field: 'scopes', reason: 'a token needs a scope' })
      if (!Number.isSafeInteger(expiresAt) || expiresAt <= at) {
        throw new DrawbridgeError('REQUEST_INVALID', { field: 'expiresAt', reason: 'not a moment ahead, in ms' })
      }
      const token = PREFIX + Buffer.from(random(32)).toString('base64url')
      const id = Buffer.from(random(6)).toString('hex')
      const record = { id, name, scopes, createdBy, createdAt: at, expiresAt, lastUsedAt: null, revokedAt: null }
      const secretHash = hash('sha256', token, 'hex')
      await store.insert(record, secretHash)
      unknown.delete(secretHash)
      return { token, record }
    },

    list: () => store.list(1000),

    async revoke(id) {
      const revoked = await store.revoke(id, now())
      revocations++
      for (const [secretHash, entry] of known) if (entry.record.id === id) known.delete(secretHash)
      return revoked
    },

    find(token, options) {
      const at = now()
      const secretHash = hash('sha256', token, 'hex')
      const entry = known.get(secretHash)
      if (entry && at >= entry.confirmedAt && at < entry.trustedUntil) {
        if (at >= entry.confirmFrom) confirmBeside(secretHash, entry)
        return used(entry, at)
      }
      if (!SHAPE.test(token)) return undefined
      const missedAt = entry ? undefined : unknown.get(secretHash)
      if (!entry && options?.onlyKnown) return undefined
      if (missedAt !== undefined && at - missedAt < UNKNOWN_MS) return undefined
      return confirm(secretHash).then((confirmed) => used(confirmed, at))
    },

    async close() {
      await Promise.allSettled(asking.values())
      for (const entry of known.values()) {
        if (entry.lastUsedAt > entry.writtenUseAt)
          await store.touch(entry.record.id, entry.lastUsedAt).catch(() => undefined)
      }
    },
  }
}
