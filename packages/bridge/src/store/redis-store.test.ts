import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Redis } from 'ioredis'
import { monotonic, openRedisStore, openSqlStore, testFolder, until } from '../../contract/open-stores.ts'
import { startRedisProxy } from '../../testing/redis-proxy.ts'
import { ownRedisTest, redisTest } from '../../testing/redis.ts'
import type { TestRedis } from '../../testing/redis.ts'
import type { FastStore } from './fast-store.ts'
import type { CredentialRecord } from './record.ts'
import { createRedisStore } from './redis-store.ts'
import { connectRedis } from './redis/redis-connection.ts'

const now = (): number => Date.now()

function record(revision: number, changes: Partial<CredentialRecord> = {}): CredentialRecord {
  const expiresAt = now() + 60_000
  return {
    value: { access_token: 'marker-of-a-secret' },
    revision,
    obtainedAt: 0,
    expiresAt,
    source: 'pushed',
    ...changes,
  }
}

async function setUp(server: TestRedis, context: TestContext): Promise<{ fast: FastStore; raw: Redis }> {
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'keys.sqlite'), now)
  const { fast } = await openRedisStore(server.url, keyring, now)
  const raw = new Redis(server.url)
  context.after(async () => {
    raw.disconnect()
    await fast.close()
    await durable.close()
  })
  return { fast, raw }
}

redisTest('values in Redis are sealed, and live exactly as long as the record', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  await fast.write('key', record(1, { expiresAt: now() + 500 }))
  const stored = await raw.getBuffer('drawbridge:key')
  assert.equal(stored?.includes('marker'), false)
  const lifeMs = await raw.pttl('drawbridge:key')
  assert.ok(lifeMs > 0 && lifeMs <= 500, String(lifeMs))
  await fast.write('for ever', record(1, { expiresAt: null }))
  assert.equal(await raw.pttl('drawbridge:for ever'), -1)
})

redisTest('a removal is remembered for ten minutes, however short it asks for', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  await fast.write('key', record(2, { value: null, expiresAt: now() + 1_000 }))
  assert.ok((await raw.pttl('drawbridge:key')) > 590_000)
  assert.equal((await fast.read('key'))?.value, null)
  await fast.write('long', record(2, { value: null, expiresAt: now() + 1_000_000 }))
  assert.ok((await raw.pttl('drawbridge:long')) > 990_000)
})

redisTest('a Redis that has forgotten its scripts is told them again', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  await fast.write('key', record(1))
  await raw.script('FLUSH')
  assert.equal(await fast.write('key', record(2)), true)
})

redisTest('what cannot be opened, or was moved, counts as absent and is dropped', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  await fast.write('key', record(7))
  const stored = (await raw.getBuffer('drawbridge:key')) ?? Buffer.alloc(0)
  const raised = Buffer.from(stored)
  raised.write('8', 0)
  const strange = { moved: stored, garbage: 'not ours', raised, empty: '', 'no seal': '7:-:' }
  for (const [key, value] of Object.entries(strange)) {
    await raw.set(`drawbridge:${key}`, value)
    assert.equal(await fast.read(key), undefined, key)
    assert.equal(await fast.write(key, record(1)), true, key)
    assert.equal((await fast.read(key))?.revision, 1, key)
  }
  assert.equal((await fast.read('key'))?.revision, 7)
})

redisTest('forgetting up to a revision leaves what is newer', async (server, context) => {
  const { fast } = await setUp(server, context)
  await fast.write('key', record(5))
  await fast.forget('key', 4)
  assert.equal((await fast.read('key'))?.revision, 5)
  await fast.forget('key', 5)
  assert.equal(await fast.read('key'), undefined)
})

redisTest('emptying it takes our records, and nothing else', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  for (let index = 0; index < 1_200; index += 1) await raw.set(`drawbridge:${index}`, 'x')
  await raw.set('drawbridge-lease:key', 'x')
  await raw.set('somebody else', 'x')
  await fast.clear()
  assert.deepEqual((await raw.keys('*')).sort(), ['drawbridge-lease:key', 'somebody else'])
})

redisTest('changes by others are told, and by nobody else’s keys', async (server, context) => {
  const { fast, raw } = await setUp(server, context)
  const told: (readonly string[] | 'all')[] = []
  fast.subscribe({ state: () => undefined, changed: (keys) => told.push(keys) })
  await raw.set('somebody else', 'x')
  await raw.set('drawbridge:a,b', 'x')
  await until(() => told.length > 0)
  await raw.flushall()
  await until(() => told.length > 1)
  assert.deepEqual(told, [['a,b'], 'all'])
})

ownRedisTest('a channel of changes that hangs vouches for nothing, and is opened anew', async (server, context) => {
  const proxy = await startRedisProxy(server.port, () => 1)
  context.after(() => proxy.close())
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'keys.sqlite'), now)
  const fast = createRedisStore({ redis: connectRedis({ url: proxy.url, monotonic }), keyring, now })
  context.after(async () => {
    await fast.close()
    await durable.close()
  })
  await until(() => fast.isTracking())
  const told: (readonly string[] | 'all')[] = []
  fast.subscribe({ state: () => undefined, changed: (keys) => told.push(keys) })
  proxy.hang()
  await until(async () => {
    await fast.check().catch(() => undefined)
    return !fast.isTracking()
  })
  assert.deepEqual(told, ['all'])
  proxy.heal()
  await until(() => fast.isTracking())
})
