import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '../src/bridge.ts'
import type { DurableStore } from '../src/store/durable-store.ts'
import type { FastStore } from '../src/store/fast-store.ts'
import { createRedisStore } from '../src/store/redis-store.ts'
import { connectRedis } from '../src/store/redis/redis-connection.ts'
import { createTieredStore } from '../src/store/tiered-store.ts'
import type { CredentialRecord } from '../src/store/record.ts'
import type { TieredStore } from '../src/store/tiers.ts'
import { monotonic, openSqlStore, sleep, testFolder, until } from './open-stores.ts'

/** One server process's stores, as a test sees and hurts them. */
export interface Replica {
  readonly store: TieredStore
  readonly durable: DurableStore
  /** What Redis itself holds, past all trust; as another replica's Redis store would read it. */
  readonly fast: FastStore
  readonly events: readonly BridgeEvent[]
  /** Of the database file. */
  readonly path: string
  /** The database answers nothing any more, until it is called again with false. */
  loseDatabase(isLost: boolean): void
  /** Writes the next value, or a tombstone, on what the replicas share. Answers its revision. */
  change(key: string, value: string | null, durability?: 'cache' | 'durable'): Promise<number>
  /** Reads, and holds it against the law: nobody who has seen a revision sees an older one later. */
  readLawfully(key: string): Promise<CredentialRecord | undefined>
  /** Waits until the fast tier is asked again. */
  untilFastAnswers(): Promise<void>
}

/** Replicas on one SQLite file and, by `urls`, each with its own way to one Redis. All is closed after the test. */
export async function openReplicas(context: TestContext, urls: readonly string[]): Promise<Replica[]> {
  const path = join(await testFolder(context), 'store.sqlite')
  const now = (): number => Date.now()
  return Promise.all(urls.map((url) => openReplica(context, path, url, now)))
}

async function openReplica(context: TestContext, path: string, url: string, now: () => number): Promise<Replica> {
  const { keyring, durable } = await openSqlStore(path, now)
  let isLost = false
  const losable = withLoss(durable, () => isLost)
  const fast = createRedisStore({ redis: connectRedis({ url, monotonic }), keyring, now })
  const events: BridgeEvent[] = []
  const store = createTieredStore({
    durable: losable,
    fast,
    now,
    monotonic,
    sleep: (ms, signal) => sleep(Math.min(ms, 100), signal),
    onEvent: (event) => events.push(event),
  })
  context.after(() => store.close())
  const seen = new Map<string, number>()

  async function readLawfully(key: string): Promise<CredentialRecord | undefined> {
    const before = seen.get(key) ?? 0
    const { record, tier } = await store.read(key)
    const revision = record?.revision ?? 0
    assert.ok(revision >= before, `${key}: revision ${revision} from ${tier} after ${before} had been seen`)
    if (revision > (seen.get(key) ?? 0)) seen.set(key, revision)
    return record
  }

  return {
    store,
    durable,
    fast,
    events,
    path,
    readLawfully,
    loseDatabase(next) {
      isLost = next
    },
    async change(key, value, durability = 'durable') {
      for (;;) {
        const shared = await store.readShared(key)
        const revision = (shared?.revision ?? 0) + 1
        const record = {
          value: value === null ? null : { access_token: value },
          revision,
          obtainedAt: now(),
          expiresAt: now() + 3_600_000,
          source: 'pushed',
        } as const
        if (await store.write(key, record, { expectedRevision: shared?.revision ?? 0, durability })) {
          seen.set(key, Math.max(revision, seen.get(key) ?? 0))
          return revision
        }
      }
    },
    untilFastAnswers: () => until(async () => (await store.health()).every(({ tier, ok }) => ok || tier !== fast.name)),
  }
}

/** The real store behind a switch. */
function withLoss(durable: DurableStore, isLost: () => boolean): DurableStore {
  const gone = (): never => {
    throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'sqlite', reason: 'lost by the test' })
  }
  return {
    ...durable,
    read: async (key: string) => (isLost() ? gone() : durable.read(key)),
    write: async (...args: Parameters<DurableStore['write']>) => (isLost() ? gone() : durable.write(...args)),
    list: async (options: Parameters<DurableStore['list']>[0]) => (isLost() ? gone() : durable.list(options)),
    fastPending: async (limit: number) => (isLost() ? gone() : durable.fastPending(limit)),
    clearFastPending: async (key: string, revision: number) =>
      isLost() ? gone() : durable.clearFastPending(key, revision),
    recall: async (fact: string) => (isLost() ? gone() : durable.recall(fact)),
    remember: async (fact: string, value: string) => (isLost() ? gone() : durable.remember(fact, value)),
    ...(durable.changes && {
      changes: {
        mayHaveChanged: () => (isLost() ? gone() : (durable.changes?.mayHaveChanged() ?? false)),
        changesSince: async (number: number | undefined) =>
          isLost() || durable.changes === undefined ? gone() : durable.changes.changesSince(number),
      },
    }),
  }
}
