import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createKeyring } from '../src/keys/keyring.ts'
import type { Keyring } from '../src/keys/keyring.ts'
import type { CredentialStore } from '../src/store/credential-store.ts'
import type { DurableStore } from '../src/store/durable-store.ts'
import type { FastStore } from '../src/store/fast-store.ts'
import { createRedisStore } from '../src/store/redis-store.ts'
import { connectRedis } from '../src/store/redis/redis-connection.ts'
import type { RedisConnection } from '../src/store/redis/redis-connection.ts'
import { createSqlStore } from '../src/store/sql-store.ts'
import type { CredentialTables } from '../src/store/sql/credential-tables.ts'
import { openSqlite } from '../src/store/sql/open-sqlite.ts'
import type { SqlDatabase } from '../src/store/sql/sql-database.ts'
import type { TieredStore } from '../src/store/tiers.ts'

/** The master key of tests. */
export const testMasterKey = Buffer.alloc(32, 7)

/** ms; real. */
export const monotonic = (): number => performance.now()

/** Waits really. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  wait(ms, undefined, { ref: false, ...(signal && { signal }) })

/** A folder that goes away with the test. */
export async function testFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-store-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** SQLite on a file, its records sealed. */
export async function openSqlStore(
  path: string,
  now: () => number,
  onUnreadable?: (key: string) => void,
): Promise<{ database: SqlDatabase<CredentialTables>; keyring: Keyring; durable: DurableStore }> {
  const database = openSqlite<CredentialTables>({ path, durability: 'full' })
  const keyring = await createKeyring({ database, masterKey: testMasterKey, now })
  const durable = await createSqlStore({ database, keyring, now, ...(onUnreadable && { onUnreadable }) })
  return { database, keyring, durable }
}

/** A Redis store, connected. */
export async function openRedisStore(
  url: string,
  keyring: Pick<Keyring, 'seal' | 'open'>,
  now: () => number,
): Promise<{ redis: RedisConnection; fast: FastStore }> {
  const redis = connectRedis({ url, monotonic })
  const fast = createRedisStore({ redis, keyring, now })
  await until(() => fast.isUp() && fast.isTracking())
  return { redis, fast }
}

/** Tiers seen as one store. */
export function asCredentialStore(tiers: TieredStore): CredentialStore {
  return {
    name: 'tiers',
    read: async (key) => (await tiers.read(key)).record,
    write: (key, record, expectedRevision) =>
      tiers.write(key, record, {
        durability: 'durable',
        ...(expectedRevision === undefined ? {} : { expectedRevision }),
      }),
    list: (options) => tiers.list(options),
    sweep: () => tiers.sweep(),
    close: () => tiers.close(),
  }
}

/** Waits until something is so; fails after ten seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (await isSo()) return
    await wait(10)
  }
  throw new Error('it did not come true within ten seconds')
}
