import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createDatabaseLeases } from '../src/lease/database-leases.ts'
import { createInProcessLeases } from '../src/lease/in-process-leases.ts'
import { createLeaseChain } from '../src/lease/lease-chain.ts'
import type { Leases } from '../src/lease/leases.ts'
import { createRedisLeases } from '../src/lease/redis-leases.ts'
import { connectRedis } from '../src/store/redis/redis-connection.ts'
import { ownRedisTest, startRedis } from '../testing/redis.ts'
import { skipLoudly } from '../testing/skip-loudly.ts'
import { leasesContract } from './leases.ts'
import type { TestLeases } from './leases.ts'
import { monotonic, openSqlStore, testFolder, until } from './open-stores.ts'

interface Clock {
  readonly now: () => number
  readonly monotonic: () => number
}

/** Two processes with a clock each. `realMs`: leases that end by a real clock are waited for. */
function twoProcesses(open: (clock: Clock) => Leases, ends: 'by our clock' | 'by a real clock'): TestLeases {
  let shared = 0
  let slept = 0
  const start = Date.now()
  const now = (): number => start + shared
  return {
    one: open({ now, monotonic: () => shared + slept }),
    other: open({ now, monotonic: () => shared }),
    async advance(ms) {
      shared += ms
      if (ends === 'by a real clock') await wait(ms)
    },
    sleepOne(ms) {
      slept += ms
    },
  }
}

leasesContract('in process', async () => {
  let at = 0
  let slept = 0
  const leases = createInProcessLeases({ now: () => at, monotonic: () => at + slept })
  return {
    one: leases,
    other: leases,
    async advance(ms) {
      at += ms
    },
    sleepOne(ms) {
      slept += ms
    },
  }
})

leasesContract('SQLite', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const databases = [await openSqlStore(path, () => 0), await openSqlStore(path, () => 0)]
  context.after(() => Promise.all(databases.map(({ durable }) => durable.close())))
  let process = 0
  return twoProcesses((clock) => {
    const { database } = databases[process] ?? assert.fail()
    process += 1
    return createDatabaseLeases({ database, ...clock })
  }, 'by our clock')
})

async function redisLeases(context: TestContext): Promise<TestLeases | undefined> {
  const server = await startRedis()
  if (server === undefined) {
    skipLoudly(context, 'Redis')
    return undefined
  }
  context.after(() => server.stop())
  const connections = [0, 1].map(() => connectRedis({ url: server.url, monotonic }))
  context.after(() => {
    for (const connection of connections) connection.close()
  })
  await until(() => connections.every((connection) => connection.isUp()))
  let process = 0
  return twoProcesses((clock) => {
    const redis = connections[process] ?? assert.fail()
    process += 1
    return createRedisLeases({ redis, ...clock })
  }, 'by a real clock')
}

leasesContract('Redis', redisLeases)

leasesContract('Redis and SQLite', async (context) => {
  const leases = await redisLeases(context)
  if (leases === undefined) return undefined
  const path = join(await testFolder(context), 'store.sqlite')
  const { database, durable } = await openSqlStore(path, () => 0)
  context.after(() => durable.close())
  const inDatabase = createDatabaseLeases({ database, now: () => Date.now(), monotonic })
  const { one, other } = leases
  return { ...leases, one: createLeaseChain([one, inDatabase]), other: createLeaseChain([other, inDatabase]) }
})

ownRedisTest('with Redis gone the database gives the leases', async (server, context) => {
  const redis = connectRedis({ url: server.url, monotonic })
  context.after(() => redis.close())
  const path = join(await testFolder(context), 'store.sqlite')
  const { database, durable } = await openSqlStore(path, () => Date.now())
  context.after(() => durable.close())
  const clock = { now: () => Date.now(), monotonic }
  const chain = createLeaseChain([createRedisLeases({ redis, ...clock }), createDatabaseLeases({ database, ...clock })])
  await until(() => redis.isUp())
  server.pause()
  const lease = await chain.acquire('key', 60_000)
  assert.equal(lease?.isHeld(), true)
  assert.equal((await database.kysely.selectFrom('leases').selectAll().execute()).length, 1)
  assert.equal(await chain.acquire('key', 60_000), undefined)
  await lease.release()
  assert.notEqual(await chain.acquire('key', 60_000), undefined)
})

ownRedisTest('one that has not found Redis yet, and one that has, exclude each other', async (server, context) => {
  const redis = connectRedis({ url: server.url, monotonic })
  const nowhere = connectRedis({ url: 'redis://127.0.0.1:1', monotonic })
  context.after(() => {
    redis.close()
    nowhere.close()
  })
  const { database, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), () => Date.now())
  context.after(() => durable.close())
  const clock = { now: () => Date.now(), monotonic }
  const inDatabase = createDatabaseLeases({ database, ...clock })
  const early = createLeaseChain([createRedisLeases({ redis: nowhere, ...clock }), inDatabase])
  const found = createLeaseChain([createRedisLeases({ redis, ...clock }), inDatabase])
  await until(() => redis.isUp())
  const lease = await early.acquire('key', 60_000)
  assert.equal(await found.acquire('key', 60_000), undefined)
  await lease?.release()
  // The attempt that was refused has left nothing behind.
  const next = await found.acquire('key', 60_000)
  assert.equal(next?.isHeld(), true)
  assert.equal(await early.acquire('key', 60_000), undefined)
})

test('a lease that was given by a clock far ahead holds nobody up until then', async (context) => {
  const { database, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), () => 0)
  context.after(() => durable.close())
  const leasesAt = (at: number): Leases => createDatabaseLeases({ database, now: () => at, monotonic })
  await leasesAt(600_000).acquire('key', 10_000)
  assert.notEqual(await leasesAt(0).acquire('key', 10_000), undefined)
  assert.equal(await leasesAt(0).acquire('key', 10_000), undefined)
})

test('with nobody to ask a lease is refused by name, not by silence', async (context) => {
  const { database, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), () => 0)
  await durable.close()
  const chain = createLeaseChain([createDatabaseLeases({ database, now: () => 0, monotonic: () => 0 })])
  await assert.rejects(chain.acquire('key', 1_000), { code: 'STORE_UNAVAILABLE' })
})
