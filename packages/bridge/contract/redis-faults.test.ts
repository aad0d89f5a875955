import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { startRedisProxy } from '../testing/redis-proxy.ts'
import { ownRedisTest } from '../testing/redis.ts'
import { openReplicas } from './replicas.ts'
import type { Replica } from './replicas.ts'
import { monotonic, openSqlStore, sleep, until } from './open-stores.ts'
import { createTieredStore } from '../src/store/tiered-store.ts'

const KEY = 'uni-id:weixin-mp:wx1:access-token'

/** What every replica shows, memory, tiers and shared alike. */
async function shownBy(replicas: readonly Replica[], key = KEY): Promise<readonly unknown[]> {
  const shown = await Promise.all(
    replicas.map(async ({ store, readLawfully }) => [
      (await store.readShared(key))?.value,
      (await readLawfully(key))?.value,
    ]),
  )
  return shown.flat()
}

function same(value: unknown, replicas: readonly Replica[]): unknown[] {
  return replicas.flatMap(() => [value, value])
}

ownRedisTest(
  'what was replaced or removed while Redis was down stays so when it is back as it was',
  async (redis, context) => {
    const replicas = await openReplicas(context, [redis.url, redis.url])
    const [a, b] = replicas as [Replica, Replica]
    await a.change(KEY, 'old')
    await a.change('removed', 'old')
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'old' }, replicas))
    await redis.snapshot()
    await redis.kill()
    await a.change(KEY, 'new')
    await b.change('removed', null)
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
    assert.deepEqual(await shownBy(replicas, 'removed'), same(null, replicas))
    await redis.start()
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
    assert.deepEqual(await shownBy(replicas, 'removed'), same(null, replicas))
    assert.notEqual((await a.fast.read('removed'))?.value, undefined)
  },
)

ownRedisTest(
  'a Redis that comes back with an older state, all changes acknowledged, shows nothing of it',
  async (redis, context) => {
    const replicas = await openReplicas(context, [redis.url, redis.url])
    const [a] = replicas as [Replica, Replica]
    await a.change(KEY, 'old')
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    await redis.snapshot()
    await a.change(KEY, 'new')
    await until(async () => (await a.durable.fastPending(9)).length === 0)
    await redis.kill()
    await redis.start()
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
  },
)

ownRedisTest('a removal outlives its tombstone for a Redis that was away longer', async (redis, context) => {
  const [a] = (await openReplicas(context, [redis.url])) as [Replica]
  await a.change(KEY, 'old')
  await a.untilFastAnswers()
  redis.pause()
  const { revision } = (await a.durable.read(KEY)) ?? { revision: 0 }
  const ended = {
    value: null,
    revision: revision + 1,
    obtainedAt: 0,
    expiresAt: Date.now() + 1,
    source: 'pushed',
  } as const
  assert.equal(await a.store.write(KEY, ended, { durability: 'durable' }), true)
  await until(() => Date.now() > ended.expiresAt)
  await a.store.sweep()
  redis.resume()
  await a.untilFastAnswers()
  await until(async () => (await a.durable.fastPending(9)).length === 0)
  assert.equal((await a.fast.read(KEY))?.value, undefined)
  assert.equal((await a.store.read(KEY)).record, undefined)
})

ownRedisTest(
  'a hanging Redis holds up no read and no write for long, and is used again when it answers',
  async (redis, context) => {
    const replicas = await openReplicas(context, [redis.url, redis.url])
    const [a, b] = replicas as [Replica, Replica]
    await a.change(KEY, 'old')
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    redis.pause()
    await b.change(KEY, 'new')
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
    await until(() =>
      a.events.some((event) => event.type === 'tier' && event.tier === 'redis' && event.state === 'down'),
    )
    redis.resume()
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
    assert.deepEqual((await a.fast.read(KEY))?.value, { access_token: 'new' })
  },
)

ownRedisTest('an emptied Redis is filled again from the database', async (redis, context) => {
  const replicas = await openReplicas(context, [redis.url, redis.url])
  const [a] = replicas as [Replica, Replica]
  await a.change(KEY, 'good')
  await Promise.all(replicas.map((each) => each.untilFastAnswers()))
  await redis.flush()
  assert.deepEqual(await shownBy(replicas), same({ access_token: 'good' }, replicas))
  await until(async () => (await a.fast.read(KEY)) !== undefined)
  assert.deepEqual((await a.fast.read(KEY))?.value, { access_token: 'good' })
})

ownRedisTest('what Redis holds is not believed by who has seen something newer', async (redis, context) => {
  const [a] = (await openReplicas(context, [redis.url])) as [Replica]
  await a.change(KEY, 'old')
  await a.untilFastAnswers()
  const raw = new Redis(redis.url)
  context.after(() => {
    raw.disconnect()
  })
  const old = (await raw.getBuffer(`drawbridge:${KEY}`)) ?? assert.fail()
  await a.change(KEY, 'new')
  // As after a failover to a copy that was behind, before the connection notices.
  await raw.set(`drawbridge:${KEY}`, old)
  assert.deepEqual(await shownBy([a]), same({ access_token: 'new' }, [a]))
})

ownRedisTest('with 5 % of its commands failing no read fails and nothing comes back', async (redis, context) => {
  let seed = 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const proxies = await Promise.all([startRedisProxy(redis.port, random), startRedisProxy(redis.port, random)])
  context.after(() => Promise.all(proxies.map((proxy) => proxy.close())))
  const replicas = await openReplicas(
    context,
    proxies.map(({ url }) => url),
  )
  await Promise.all(replicas.map((each) => each.untilFastAnswers()))
  for (const proxy of proxies) proxy.fail(0.05)
  for (let round = 0; round < 150; round += 1) {
    const key = `${KEY}${round % 5}`
    const writer = replicas[round % 2] ?? replicas[0]
    const revision = await writer?.change(key, round % 7 === 0 ? null : `value ${round}`)
    for (const replica of replicas) {
      assert.equal((await replica.store.readShared(key))?.revision, revision)
      await Promise.all([replica.readLawfully(key), replica.readLawfully(`${KEY}${(round + 1) % 5}`)])
    }
  }
  for (const proxy of proxies) proxy.heal()
  await Promise.all(replicas.map((each) => each.untilFastAnswers()))
  await until(async () => (await replicas[0]?.durable.fastPending(99))?.length === 0)
  for (let name = 0; name < 5; name += 1) {
    const key = `${KEY}${name}`
    const truth = await replicas[0]?.durable.read(key)
    for (const { store, fast } of replicas) {
      assert.deepEqual((await store.read(key)).record, truth)
      const inRedis = await fast.read(key)
      assert.ok(inRedis === undefined || inRedis.revision === truth?.revision)
    }
  }
})

ownRedisTest(
  'a way to Redis that hangs for one replica alone lets the others show nothing stale',
  async (redis, context) => {
    const proxy = await startRedisProxy(redis.port, () => 1)
    context.after(() => proxy.close())
    const replicas = await openReplicas(context, [proxy.url, redis.url])
    const [cut, whole] = replicas as [Replica, Replica]
    await cut.change(KEY, 'old')
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    await whole.readLawfully(KEY)
    proxy.hang()
    await cut.change(KEY, 'new')
    assert.deepEqual((await whole.store.readShared(KEY))?.value, { access_token: 'new' })
    assert.deepEqual((await whole.readLawfully(KEY))?.value, { access_token: 'new' })
    // The one that is well brings what the other could not.
    await until(async () => (await whole.durable.fastPending(9)).length === 0)
    assert.deepEqual((await whole.fast.read(KEY))?.value, { access_token: 'new' })
    proxy.heal()
    await cut.untilFastAnswers()
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
  },
)

ownRedisTest(
  'a process that is told of no Redis changes nothing behind the back of those that are',
  async (redis, context) => {
    const [a] = (await openReplicas(context, [redis.url])) as [Replica]
    await a.change(KEY, 'old')
    await a.untilFastAnswers()
    const now = (): number => Date.now()
    const { durable } = await openSqlStore(a.path, now)
    const without = createTieredStore({ durable, now, monotonic, sleep, onEvent: () => undefined })
    const shared = (await without.readShared(KEY)) ?? assert.fail()
    const removal = { ...shared, value: null, revision: shared.revision + 1 }
    assert.equal(await without.write(KEY, removal, { durability: 'durable' }), true)
    await without.close()
    assert.deepEqual(await shownBy([a]), same(null, [a]))
    await until(async () => (await a.fast.read(KEY))?.value === null)
  },
)

test('a Redis that was never there is no hindrance', async (context) => {
  const replicas = await openReplicas(context, ['redis://:hunter2@127.0.0.1:1', 'redis://127.0.0.1:1'])
  const [a] = replicas as [Replica, Replica]
  await a.change(KEY, 'good')
  assert.deepEqual(await shownBy(replicas), same({ access_token: 'good' }, replicas))
  const health = await a.store.health()
  assert.deepEqual(
    health.map(({ tier, ok }) => [tier, ok]),
    [
      ['sqlite', true],
      ['redis', false],
    ],
  )
  assert.doesNotMatch(JSON.stringify([health, a.events]), /hunter2/)
})

ownRedisTest(
  'with the database gone what can be obtained again lives on, and reaches it when it is back',
  async (redis, context) => {
    const replicas = await openReplicas(context, [redis.url, redis.url])
    const [a, b] = replicas as [Replica, Replica]
    await a.change(KEY, 'old')
    await b.change('session', 'kept')
    await Promise.all(replicas.map((each) => each.untilFastAnswers()))
    await b.readLawfully('session')
    for (const replica of replicas) replica.loseDatabase(true)
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'old' }, replicas))
    await assert.rejects(a.change('session', 'lost', 'durable'), { code: 'STORE_UNAVAILABLE' })
    const revision = await a.change(KEY, 'new', 'cache')
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'new' }, replicas))
    assert.deepEqual((await b.readLawfully('session'))?.value, { access_token: 'kept' })
    await redis.kill()
    // Neither is there: each replica has what it last saw.
    assert.deepEqual((await a.readLawfully(KEY))?.value, { access_token: 'new' })
    assert.deepEqual((await b.readLawfully(KEY))?.value, { access_token: 'new' })
    await assert.rejects(b.store.read('never seen'), { code: 'STORE_UNAVAILABLE' })
    const last = await a.change(KEY, 'newest', 'cache')
    assert.ok(last > revision)
    for (const replica of replicas) replica.loseDatabase(false)
    await until(async () => (await a.durable.read(KEY))?.revision === last)
    assert.deepEqual(await shownBy(replicas), same({ access_token: 'newest' }, replicas))
  },
)
