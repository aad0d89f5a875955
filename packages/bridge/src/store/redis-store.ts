import { DrawbridgeError } from '@drawbridge/protocol'
import type { Keyring } from '../keys/keyring.ts'
import type { ListedRecord } from './credential-store.ts'
import type { FastStore } from './fast-store.ts'
import type { CredentialRecord } from './record.ts'
import { RECORD_PREFIX } from './redis/redis-connection.ts'
import type { RedisConnection } from './redis/redis-connection.ts'
import { readEvictionPolicy } from './redis/read-eviction-policy.ts'
import { compareAndSet, deleteUpTo } from './redis/redis-scripts.ts'

/** What a Redis store needs. */
export interface RedisStoreDeps {
  readonly redis: RedisConnection
  readonly keyring: Pick<Keyring, 'seal' | 'open'>
  readonly now: () => number
}

/** A removal is remembered at least so long, ms: whoever still holds the old value has forgotten it by then. */
const TOMBSTONE_LEAST_MS = 600_000
const SCAN_COUNT = 500
const HEAD = /^(\d+):(\d+|-):/
/** More than the longest head. */
const HEAD_BYTES_MOST = 64

/**
 * The fast tier on Redis: sealed values under `drawbridge:` and the storage key, each with a life of its own. What
 * cannot be opened is dropped and counts as absent: the durable tier knows better. Throws `STORE_UNAVAILABLE`.
 */
export function createRedisStore({ redis, keyring, now }: RedisStoreDeps): FastStore {
  async function opened(key: string, stored: Buffer | null | undefined): Promise<CredentialRecord | undefined> {
    if (stored === null || stored === undefined) return undefined
    const head = HEAD.exec(stored.toString('latin1', 0, HEAD_BYTES_MOST))
    const revision = Number(head?.[1] ?? 0)
    const endsAt = head?.[2] === '-' ? null : Number(head?.[2] ?? 0)
    if (endsAt !== null && endsAt <= now()) return undefined
    try {
      const record = await keyring.open(key, stored.subarray(head?.[0].length))
      if (record.revision !== revision || endOf(record, now(), endsAt) !== endsAt) throw unreadable()
      return { ...record, expiresAt: endsAt }
    } catch (error) {
      if (!(error instanceof DrawbridgeError) || error.code !== 'RECORD_UNREADABLE') throw error
      await forget(key, revision)
      return undefined
    }
  }

  async function forget(key: string, revision: number): Promise<void> {
    await redis.run((client) => deleteUpTo.run(client, RECORD_PREFIX + key, [revision]))
  }

  async function scan(prefix: string, each: (names: readonly string[]) => Promise<void> | void): Promise<void> {
    const pattern = `${escapeGlob(RECORD_PREFIX + prefix)}*`
    let cursor = '0'
    do {
      const [next, names] = await redis.run((client) => client.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT))
      cursor = next
      if (names.length > 0) await each(names)
    } while (cursor !== '0')
  }

  return {
    name: 'redis',
    async read(key) {
      return opened(key, await redis.run((client) => client.getBuffer(RECORD_PREFIX + key)))
    },
    async write(key, record, expectedRevision = -1) {
      const at = now()
      const endsAt = endOf(record, at, null)
      if (endsAt !== null && endsAt <= at) return false
      const { bytes } = await keyring.seal(key, record)
      const value = Buffer.concat([Buffer.from(`${record.revision}:${endsAt ?? '-'}:`, 'latin1'), bytes])
      // In ms and never rounded down to nothing: a record with half a second left lives for half a second.
      const lifeMs = endsAt === null ? -1 : Math.ceil(endsAt - at)
      const args = [value, record.revision, expectedRevision, at, lifeMs]
      return (await redis.run((client) => compareAndSet.run(client, RECORD_PREFIX + key, args))) === 1
    },
    async list({ prefix = '', after = '', limit }) {
      const names = new Set<string>()
      await scan(prefix, (found) => {
        for (const name of found) names.add(name.slice(RECORD_PREFIX.length))
      })
      const listed: ListedRecord[] = []
      for (const key of [...names].sort()) {
        if (listed.length === limit) break
        if (key <= after) continue
        const record = await opened(key, await redis.run((client) => client.getBuffer(RECORD_PREFIX + key)))
        if (record !== undefined && record.value !== null) listed.push({ key, record })
      }
      return listed
    },
    // Redis does it by itself.
    sweep: () => Promise.resolve(0),
    isUp: () => redis.isUp(),
    isTracking: () => redis.tracking.isTracking(),
    subscribe(listener) {
      redis.onState((state, error) => listener.state(state, error))
      redis.tracking.onChanged((keys) => listener.changed(keys))
    },
    async check() {
      await Promise.all([redis.run((client) => client.ping()), redis.tracking.check()])
    },
    forget,
    async incarnation() {
      const info = await redis.run((client) => client.info('server'))
      return /^run_id:(\w+)/m.exec(info)?.[1]
    },
    evictionPolicy: () => redis.run(readEvictionPolicy),
    async clear() {
      await scan('', async (names) => {
        await redis.run((client) => client.unlink(...names))
      })
    },
    close() {
      redis.close()
      return Promise.resolve()
    },
  }
}

/** When a stored record ends; for a tombstone that was stored before, `stored` is the end that it was given. */
function endOf({ value, expiresAt }: CredentialRecord, now: number, stored: number | null): number | null {
  if (value !== null || expiresAt === null) return expiresAt
  return Math.max(expiresAt, stored ?? now + TOMBSTONE_LEAST_MS)
}

function unreadable(): DrawbridgeError {
  return new DrawbridgeError('RECORD_UNREADABLE', {})
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&')
}
