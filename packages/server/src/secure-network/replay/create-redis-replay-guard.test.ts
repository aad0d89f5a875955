import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { connectRedis } from '@drawbridge/bridge'
import type { RedisConnection } from '@drawbridge/bridge'
import { ownRedisTest, redisTest } from '@drawbridge/bridge/testing'
import { createRedisReplayGuard } from './create-redis-replay-guard.ts'
import type { ReplayGuard, ReplayMark } from './replay-guard.ts'

/** Where the tests' clock stands: between two milliseconds, as a corrected clock may. */
const NOW = 1_800_000_000_000.5
/** Made long enough after the memory began. */
const TS = 1_800_000_002_000
/** For a loaded machine. */
const PATIENCE_MS = 10_000
const keyId = Buffer.from([0, 0, 0, 10])

const message = (change: Partial<ReplayMark> = {}): ReplayMark => ({
  subject: 'wx1:alice-openid',
  keyId,
  rid: randomBytes(16),
  ts: TS,
  ...change,
})

interface Replica {
  readonly guard: ReplayGuard
  readonly redis: RedisConnection
}

/** A replica of its own connection; it has found Redis when this comes back. */
async function replica(
  t: TestContext,
  { url }: { readonly url: string },
  {
    timeoutMs = PATIENCE_MS,
    ...change
  }: Partial<Parameters<typeof createRedisReplayGuard>[0]> & { readonly timeoutMs?: number } = {},
): Promise<Replica> {
  const redis = connectRedis({ url, monotonic: () => performance.now(), timeoutMs })
  t.after(() => redis.close())
  await untilUp(redis)
  const guard = createRedisReplayGuard({ redis, now: () => NOW, latest: () => Promise.resolve(0), ...change })
  return { guard, redis }
}

async function untilUp(redis: RedisConnection): Promise<void> {
  while (!redis.isUp()) await wait(10)
}

const keysOf = ({ redis }: Replica): Promise<string[]> => redis.run((client) => client.keys('*'))

redisTest('a message that reaches five replicas at once is taken by exactly one of them', async (redis, t) => {
  const replicas = await Promise.all(Array.from({ length: 5 }, () => replica(t, redis)))
  for (let n = 0; n < 50; n += 1) {
    const one = message()
    const outcomes = await Promise.all(replicas.map(async ({ guard }) => guard.take(one)))
    assert.deepEqual(outcomes.toSorted(), ['fresh', 'seen', 'seen', 'seen', 'seen'])
  }
})

redisTest('the same request id of another sender, or of another key, is another message', async (redis, t) => {
  const { guard } = await replica(t, redis)
  const rid = randomBytes(16)
  for (const change of [{}, { subject: 'wx1:bob' }, { keyId: Buffer.from([0, 0, 0, 11]) }])
    assert.equal(await guard.take(message({ rid, ...change })), 'fresh')
  // The same bytes in a row, cut elsewhere.
  const [subject, tail] = ['wx1:alice-openi', Buffer.concat([Buffer.from('d'), keyId])]
  assert.equal(await guard.take(message({ rid, subject, keyId: tail })), 'fresh')
  assert.equal(await guard.take(message({ rid })), 'seen')
})

redisTest(
  'Redis is told of no openid, and forgets a message when no clock could take it any more',
  async (redis, t) => {
    const one = await replica(t, redis)
    await one.guard.take(message())
    const keys = await keysOf(one)
    assert.ok(
      keys.every((key) => /^drawbridge-replay(:[\w-]{22}|-began|-shares:\d+)$/.test(key)),
      keys.join(),
    )
    assert.equal(keys.length, 3)
    const print = keys.find((key) => key.startsWith('drawbridge-replay:')) ?? ''
    const leftMs = await one.redis.run((client) => client.pttl(print))
    // Two minutes late, one early, and a minute for the replicas' clocks.
    assert.ok(leftMs > 230_000 && leftMs <= 240_000, String(leftMs))
    const shares = keys.find((key) => key.startsWith('drawbridge-replay-shares:')) ?? ''
    assert.ok((await one.redis.run((client) => client.pttl(shares))) > 0)
    const senders = await one.redis.run((client) => client.hgetall(shares))
    assert.doesNotMatch(JSON.stringify(senders), /alice/)
  },
)

redisTest('one sender cannot take the memory from the others, on however many replicas', async (redis, t) => {
  const [one, other] = [
    await replica(t, redis, { messagesMax: 40, quota: 10 }),
    await replica(t, redis, { messagesMax: 40, quota: 10 }),
  ]
  const take = ({ guard }: Replica, subject: string) => guard.take(message({ subject }))
  // Until it is half full, who needs more has more.
  for (let n = 0; n < 20; n += 1) assert.equal(await take(n % 2 ? one : other, 'wx1:greedy'), 'fresh')
  assert.equal(await take(one, 'wx1:greedy'), 'full')
  assert.equal(await take(other, 'wx1:greedy'), 'full')
  for (let n = 0; n < 20; n += 1) assert.equal(await take(one, `wx1:modest-${n}`), 'fresh')
  assert.equal(await take(other, 'wx1:late'), 'full')
})

redisTest('what was emptied begins anew: what was made before is refused, by all replicas alike', async (redis, t) => {
  const replicas = [await replica(t, redis), await replica(t, redis)] as const
  const before = message()
  assert.equal(await replicas[0].guard.take(before), 'fresh')
  await redis.flush()
  const at = NOW + 60_000
  const later = await replica(t, redis, { now: () => at })
  for (const { guard } of [later, ...replicas]) {
    const outcome = await guard.take(before)
    assert.ok(typeof outcome === 'object', JSON.stringify(outcome))
    assert.ok(outcome.notBefore >= at && outcome.notBefore <= at + 2000)
  }
  // Who goes by the time that he is told is not refused again.
  const next = message({ ts: Math.ceil(at) + 2000 })
  assert.equal(await replicas[0].guard.take(next), 'fresh')
  assert.equal(await replicas[1].guard.take(next), 'seen')
})

redisTest('a replica that joins leaves the memory as it is', async (redis, t) => {
  const first = await replica(t, redis)
  assert.equal(await first.guard.take(message()), 'fresh')
  const joined = await replica(t, redis, { now: () => NOW + 60_000 })
  // The second one surely comes after the beginning.
  for (let n = 0; n < 2; n += 1) assert.equal(await joined.guard.take(message()), 'fresh')
})

redisTest('what phones with a clock ahead had sent before is older than a memory that began anew', async (redis, t) => {
  const latest = Math.ceil(NOW) + 50_000
  const { guard } = await replica(t, redis, { latest: () => Promise.resolve(latest) })
  assert.deepEqual(await guard.take(message({ ts: latest })), { notBefore: latest + 1 })
  assert.equal(await guard.take(message({ ts: latest + 1 })), 'fresh')
})

redisTest('a replica that was held up meanwhile does not say since when the memory is whole', async (redis, t) => {
  const slow = await replica(t, redis, { latest: () => wait(700, 0) })
  await assert.rejects(async () => slow.guard.take(message()), { code: 'STORE_UNAVAILABLE' })
  const quick = await replica(t, redis)
  const one = message()
  assert.equal(await quick.guard.take(one), 'fresh')
  assert.equal(await slow.guard.take(one), 'seen')
})

ownRedisTest(
  'while Redis is gone nothing is taken; back with an old snapshot, it knows nothing of before',
  async (redis, t) => {
    let at = NOW
    const one = await replica(t, redis, { now: () => at })
    const other = await replica(t, redis, { now: () => at })
    await one.guard.take(message())
    await redis.snapshot()
    const lost = message({ ts: TS + 1 })
    assert.equal(await one.guard.take(lost), 'fresh')
    await redis.kill()
    for (const { guard } of [one, other])
      await assert.rejects(async () => guard.take(message()), { code: 'STORE_UNAVAILABLE' })
    at += 30_000
    await redis.start()
    await Promise.all([untilUp(one.redis), untilUp(other.redis)])
    const again = await other.guard.take(lost)
    assert.ok(typeof again === 'object' && again.notBefore >= at, JSON.stringify(again))
    const next = message({ ts: Math.ceil(at) + 2000 })
    assert.equal(await one.guard.take(next), 'fresh')
    assert.equal(await other.guard.take(next), 'seen')
  },
)

ownRedisTest(
  'a Redis that accepts and does not answer holds a message up for a moment, and it is refused',
  async (redis, t) => {
    const { guard, redis: connection } = await replica(t, redis, { timeoutMs: 200 })
    assert.equal(await guard.take(message()), 'fresh')
    redis.pause()
    await assert.rejects(async () => guard.take(message()), { code: 'STORE_UNAVAILABLE' })
    redis.resume()
    await untilUp(connection)
    const one = message()
    while ((await Promise.resolve(guard.take(one)).catch(() => 'gone')) === 'gone') await wait(20)
    assert.equal(await guard.take(one), 'seen')
  },
)

test('a guard is there before Redis is, and refuses until then', async (t) => {
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', monotonic: () => performance.now() })
  t.after(() => redis.close())
  const guard = createRedisReplayGuard({ redis, now: () => NOW, latest: () => Promise.resolve(0) })
  await assert.rejects(async () => guard.take(message()), { code: 'STORE_UNAVAILABLE' })
})
