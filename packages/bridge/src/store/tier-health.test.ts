import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Redis } from 'ioredis'
import { monotonic, openSqlStore, sleep, testFolder, until } from '../../contract/open-stores.ts'
import { ownRedisTest } from '../../testing/redis.ts'
import type { BridgeEvent } from '../bridge.ts'
import { createRedisStore } from './redis-store.ts'
import { connectRedis } from './redis/redis-connection.ts'
import { createTieredStore } from './tiered-store.ts'
import type { TieredStore } from './tiers.ts'

/** A process that has just begun. Unless told otherwise, nothing is connected yet. */
async function begin(
  context: TestContext,
  url: string,
  { isConnected = false } = {},
): Promise<{ store: TieredStore; events: BridgeEvent[] }> {
  const now = (): number => Date.now()
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), now)
  const fast = createRedisStore({ redis: connectRedis({ url, monotonic }), keyring, now })
  if (isConnected) await until(() => fast.isUp())
  const events: BridgeEvent[] = []
  const onEvent = (event: BridgeEvent): void => void events.push(event)
  const store = createTieredStore({ durable, fast, now, monotonic, sleep, onEvent })
  context.after(() => store.close())
  return { store, events }
}

function connected(context: TestContext, url: string): Redis {
  const client = new Redis(url)
  context.after(() => client.disconnect())
  return client
}

const sqlite = { tier: 'sqlite', ok: true }

ownRedisTest('a process that has just begun says of a Redis that runs that it answers', async (server, context) => {
  const { store } = await begin(context, server.url)
  assert.deepEqual(await store.health(), [sqlite, { tier: 'redis', ok: true }])
})

ownRedisTest('a Redis that was stopped is gone, from the first question on and later', async (server, context) => {
  const running = await begin(context, server.url)
  assert.equal((await running.store.health())[1]?.ok, true)
  await server.kill()
  const gone = { tier: 'redis', ok: false, error: 'gone' }
  assert.deepEqual(await (await begin(context, server.url)).store.health(), [sqlite, gone])
  await until(async () => (await running.store.health())[1]?.ok === false)
})

ownRedisTest('a Redis that throws keys away is told of once, and named as long as it does', async (server, context) => {
  const client = connected(context, server.url)
  const policies = (events: readonly BridgeEvent[]): unknown[] =>
    events.filter((event) => event.type === 'tier' && event.error !== undefined)
  const fault = 'maxmemory-policy volatile-ttl'
  await client.config('SET', 'maxmemory-policy', 'volatile-ttl')
  const { store, events } = await begin(context, server.url)
  assert.deepEqual((await store.health())[1], { tier: 'redis', ok: true }, 'without a limit it throws nothing away')

  await client.config('SET', 'maxmemory', '100mb')
  const { store: newcomer, events: told } = await begin(context, server.url)
  await until(() => policies(told).length > 0)
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual((await newcomer.health())[1], { tier: 'redis', ok: true, error: fault })
    assert.deepEqual((await store.health())[1], { tier: 'redis', ok: true, error: fault })
  }
  const event = { type: 'tier', tier: 'redis', state: 'up', error: fault }
  assert.deepEqual([policies(events), policies(told)], [[event], [event]])

  await client.config('SET', 'maxmemory-policy', 'noeviction')
  assert.deepEqual((await store.health())[1], { tier: 'redis', ok: true })
})

ownRedisTest('a Redis that throws keys away is told of without a question', async (server, context) => {
  const client = connected(context, server.url)
  await client.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru')
  for (const isConnected of [true, false]) {
    const { events } = await begin(context, server.url, { isConnected })
    await until(() => events.some((event) => event.type === 'tier' && event.error === 'maxmemory-policy allkeys-lru'))
  }
})

ownRedisTest('a Redis that does not tell how it keeps keys is in use all the same', async (server, context) => {
  const client = connected(context, server.url)
  await client.call('ACL', 'SETUSER', 'bridge', 'on', '>word', '~*', '&*', '+@all', '-info', '+info|server')
  const { store, events } = await begin(context, server.url.replace('//', '//bridge:word@'))
  const unknown = { tier: 'redis', ok: true, error: 'maxmemory-policy unknown' }
  for (let round = 0; round < 5; round += 1) assert.deepEqual((await store.health())[1], unknown)
  assert.deepEqual(
    events.filter((event) => event.type === 'tier' && event.error !== undefined),
    [],
  )
})
