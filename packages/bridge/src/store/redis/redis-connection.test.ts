import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { monotonic, until } from '../../../contract/open-stores.ts'
import { ownRedisTest } from '../../../testing/redis.ts'
import { connectRedis } from './redis-connection.ts'

ownRedisTest(
  'a Redis that hangs is left alone after a few tries, and found again when it answers',
  async (server, context) => {
    const redis = connectRedis({ url: server.url, monotonic })
    context.after(() => redis.close())
    const states: string[] = []
    redis.onState((state, error) => states.push(error === undefined ? state : `${state}: ${error}`))
    await until(() => redis.isUp())
    server.pause()
    let asked = 0
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const command = redis.run((client) => {
        asked += 1
        return client.get('key')
      })
      await assert.rejects(command, { code: 'STORE_UNAVAILABLE', detail: { store: 'redis', reason: 'timeout' } })
    }
    assert.equal(asked, 3)
    assert.equal(redis.isUp(), false)
    server.resume()
    await until(async () => {
      await redis.run((client) => client.get('key')).catch(() => undefined)
      return redis.isUp()
    })
    assert.deepEqual(states, ['up', 'down: timeout', 'up'])
  },
)

ownRedisTest('an error that Redis answers is told by its first word alone', async (server, context) => {
  const redis = connectRedis({ url: server.url, monotonic })
  context.after(() => redis.close())
  await until(() => redis.isUp())
  await redis.run((client) => client.set('text', 'marker-of-a-secret'))
  await assert.rejects(
    redis.run((client) => client.lpush('text', 'marker-of-a-secret')),
    (error: Error) => {
      assert.ok(error instanceof DrawbridgeError)
      assert.deepEqual(error.detail, { store: 'redis', reason: 'WRONGTYPE' })
      assert.equal(error.cause, undefined)
      return true
    },
  )
})

test('a connection gives no URL, no password and nothing that was sent away with its errors', async () => {
  const redis = connectRedis({ url: 'redis://user:hunter2@127.0.0.1:1/3', monotonic })
  const told: string[] = []
  redis.onState((state, error) => told.push(state, error ?? ''))
  await assert.rejects(
    redis.run((client) => client.set('k', 'hunter3')),
    (error: Error) => {
      assert.doesNotMatch(JSON.stringify([error, error.message, error.cause, error.stack, told]), /hunter/)
      return true
    },
  )
  redis.close()
})
