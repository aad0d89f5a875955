import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { connectRedis } from '@drawbridge/bridge'
import type { RedisConnection } from '@drawbridge/bridge'
import { ownRedisTest, redisTest } from '@drawbridge/bridge/testing'
import { createRedisReplayMemory } from './redis-replay-memory.ts'
import type { ReplayMemory } from './replay-memory.ts'

const NOW = 1_800_000_000_000
/** `created` of a signature that was made two seconds later, and the end of its window. */
const UNTIL = NOW / 1000 + 2 + 60

async function replica(
  t: TestContext,
  { url }: { readonly url: string },
  { now = () => NOW, maxPerKey }: { readonly now?: () => number; readonly maxPerKey?: number } = {},
): Promise<ReplayMemory & { readonly redis: RedisConnection }> {
  const redis = connectRedis({ url, monotonic: () => performance.now(), timeoutMs: 10_000 })
  t.after(() => redis.close())
  await untilUp(redis)
  return { redis, ...createRedisReplayMemory({ redis, now, ...(maxPerKey !== undefined && { maxPerKey }) }) }
}

async function untilUp(redis: RedisConnection): Promise<void> {
  while (!redis.isUp()) await wait(10)
}

redisTest('a signed request that reaches five replicas at once is taken by one of them', async (redis, t) => {
  const replicas = await Promise.all(Array.from({ length: 5 }, () => replica(t, redis)))
  for (let n = 0; n < 20; n += 1) {
    const answers = await Promise.all(replicas.map(async (one) => one.remember('key-a', `nonce-${n}`, UNTIL)))
    assert.equal(answers.filter(Boolean).length, 1)
  }
  const [one] = replicas
  assert.equal(await one?.remember('key-b', 'nonce-0', UNTIL), true, 'another key has nonces of its own')
  assert.equal(await one?.remember('key', '-a', UNTIL), true)
  assert.equal(await one?.remember('key-', 'a', UNTIL), true, 'names that run together are two')
})

redisTest('one key cannot fill the memory, and is told when to come again', async (redis, t) => {
  const one = await replica(t, redis, { maxPerKey: 2 })
  const other = await replica(t, redis, { maxPerKey: 2 })
  assert.equal(await one.remember('a', '1', UNTIL), true)
  assert.equal(await other.remember('a', '2', UNTIL), true)
  await assert.rejects(
    async () => one.remember('a', '3', UNTIL),
    (error: { code: string; detail: object }) => {
      assert.equal(error.code, 'RATE_LIMITED')
      assert.deepEqual(error.detail, { retryAfterSeconds: 120, caller: 'key:a' })
      return true
    },
  )
  assert.equal(await one.remember('b', '3', UNTIL), true)
})

ownRedisTest(
  'while Redis is gone nobody can tell, nor of what was signed before it lost what it held',
  async (redis, t) => {
    let at = NOW
    const one = await replica(t, redis, { now: () => at })
    assert.equal(await one.remember('a', 'nonce', UNTIL), true)
    await redis.kill()
    await assert.rejects(async () => one.remember('a', 'nonce', UNTIL), { code: 'STORE_UNAVAILABLE' })
    at += 10_000
    await redis.start()
    await untilUp(one.redis)
    const other = await replica(t, redis, { now: () => at })
    for (const { remember } of [one, other])
      await assert.rejects(async () => remember('a', 'nonce', UNTIL), {
        code: 'STORE_UNAVAILABLE',
        detail: { store: 'redis', reason: 'begun anew', retryAfterSeconds: 1 },
      })
    assert.equal(await one.remember('a', 'next', UNTIL + 11), true)
    assert.equal(await other.remember('a', 'next', UNTIL + 11), false)
  },
)

redisTest('a signature that was dated ahead does not come again through an emptied Redis', async (redis, t) => {
  const one = await replica(t, redis)
  assert.equal(await one.remember('a', 'early', UNTIL + 50), true)
  await redis.flush()
  await assert.rejects(async () => one.remember('a', 'early', UNTIL + 50), { code: 'STORE_UNAVAILABLE' })
})
