import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openRedisStore, openSqlStore, testFolder } from '../../contract/open-stores.ts'
import { ownRedisTest } from '../../testing/redis.ts'
import type { OwnRedis } from '../../testing/redis.ts'
import type { DurableStore } from './durable-store.ts'
import type { FastStore } from './fast-store.ts'
import { createFastTier } from './fast-tier.ts'
import type { FastTier } from './fast-tier.ts'
import type { CredentialRecord } from './record.ts'

const now = (): number => Date.now()

function record(revision: number, changes: Partial<CredentialRecord> = {}): CredentialRecord {
  return { value: { token: revision }, revision, obtainedAt: 0, expiresAt: null, source: 'pushed', ...changes }
}

interface World {
  readonly tier: FastTier
  readonly durable: DurableStore
  readonly fast: FastStore
  readonly clock: { at: number }
  /** Called before each write to Redis. */
  beforeWrite: (key: string, record: CredentialRecord) => Promise<void>
}

async function setUp(server: OwnRedis, context: TestContext): Promise<World> {
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), now)
  const { fast } = await openRedisStore(server.url, keyring, now)
  context.after(async () => {
    await fast.close()
    await durable.close()
  })
  const clock = { at: 0 }
  const beforeWrite: World['beforeWrite'] = async () => {}
  const world = { durable, fast, clock, beforeWrite }
  const store: FastStore = {
    ...fast,
    async write(key, next, expectedRevision) {
      await world.beforeWrite(key, next)
      return fast.write(key, next, expectedRevision)
    },
  }
  const tier = createFastTier({ store, durable, monotonic: () => clock.at, onPending: () => undefined })
  await tier.tend()
  await tier.settled()
  return Object.assign(world, { tier })
}

ownRedisTest('nothing is asked of it before it has what it missed', async (server, context) => {
  const { tier, durable, fast } = await setUp(server, context)
  assert.equal(tier.isTrusted(), true)
  server.pause()
  await tier.tend()
  await tier.tend()
  await tier.tend()
  assert.deepEqual(await tier.read('key'), { isKnown: false, record: undefined })
  await durable.write('key', record(1), 0, { isFastPending: true })
  server.resume()
  while (!tier.isTrusted()) await tier.tend()
  assert.deepEqual(await tier.read('key'), { isKnown: true, record: record(1) })
  assert.deepEqual(await fast.read('key'), record(1))
  assert.deepEqual(await durable.fastPending(9), [])
})

ownRedisTest(
  'a fill that comes after a change, into a Redis that lost the change, is undone',
  async (server, context) => {
    const world = await setUp(server, context)
    const { tier, durable, fast } = world
    await durable.write('key', record(1))
    await durable.write('gone', record(1))
    world.beforeWrite = async (key, next) => {
      if (next.revision !== 1) return
      // Between the read of the old value and its fill: changed, told to Redis, and forgotten by Redis.
      if (key === 'key') await durable.write('key', record(2))
      else await durable.write('gone', record(2, { expiresAt: now() - 1 }))
      await fast.forget(key, 2)
    }
    tier.promote('key', record(1), 0)
    tier.promote('gone', record(1), 0)
    await tier.settled()
    assert.deepEqual(await fast.read('key'), record(2))
    assert.equal(await fast.read('gone'), undefined)
  },
)

ownRedisTest('a fill whose answer was lost is undone all the same', async (server, context) => {
  const world = await setUp(server, context)
  const { tier, durable, fast } = world
  await durable.write('key', record(1))
  world.beforeWrite = async (key, next) => {
    if (next.revision !== 1) return
    await durable.write('key', record(2))
    await fast.write(key, next)
    throw new Error('the answer was lost')
  }
  tier.promote('key', record(1), 0)
  await tier.settled()
  assert.deepEqual(await fast.read('key'), record(2))
})

ownRedisTest('what was read long ago is not filled in', async (server, context) => {
  const { tier, durable, fast, clock } = await setUp(server, context)
  await durable.write('key', record(1))
  clock.at = 2_001
  tier.promote('key', record(1), 0)
  await tier.settled()
  assert.equal(await fast.read('key'), undefined)
})

ownRedisTest('what this process is changing is not read from it meanwhile', async (server, context) => {
  const { tier, fast } = await setUp(server, context)
  await fast.write('key', record(1))
  const arrived = tier.expect('key')
  assert.equal((await tier.read('key')).isKnown, false)
  arrived()
  assert.deepEqual(await tier.read('key'), { isKnown: true, record: record(1) })
})

ownRedisTest('a change that was brought is off the list, and one that was not is not read', async (server, context) => {
  const world = await setUp(server, context)
  const { tier, durable, fast } = world
  await durable.write('key', record(1), 0, { isFastPending: true })
  await tier.bring('key', record(1))
  await tier.settled()
  assert.deepEqual(await durable.fastPending(9), [])
  world.beforeWrite = () => Promise.reject(new Error('refused by the test'))
  await durable.write('key', record(2), 1, { isFastPending: true })
  await tier.bring('key', record(2))
  assert.equal((await tier.read('key')).isKnown, false)
  assert.deepEqual(await fast.read('key'), record(1))
  world.beforeWrite = async () => undefined
  await tier.tend()
  assert.deepEqual(await tier.read('key'), { isKnown: true, record: record(2) })
})

ownRedisTest(
  'where a removal was missed and its tombstone has ended, what came before it is dropped',
  async (server, context) => {
    const { tier, durable, fast } = await setUp(server, context)
    await fast.write('key', record(1))
    await durable.write('key', record(2, { value: null, expiresAt: now() - 1 }), 0, { isFastPending: true })
    await tier.tend()
    assert.equal(await fast.read('key'), undefined)
    assert.deepEqual(await durable.fastPending(9), [])
  },
)

ownRedisTest('a long list of missed changes is brought whole', async (server, context) => {
  const { tier, durable, fast } = await setUp(server, context)
  const keys = Array.from({ length: 1_234 }, (_, index) => `key ${index}`)
  await Promise.all(keys.map((key) => durable.write(key, record(1), 0, { isFastPending: true })))
  await tier.tend()
  assert.equal(tier.isTrusted(), true)
  assert.deepEqual(await durable.fastPending(9), [])
  for (const key of ['key 0', 'key 777', 'key 1233']) assert.deepEqual(await fast.read(key), record(1))
})
