import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ownRedisTest, skipLoudly, startOwnRedis } from '@drawbridge/bridge/testing'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import type { AskContext } from '../functions/ask-context.ts'
import { connectSpaceRedis } from './connect-space-redis.ts'
import { createRedisService } from './create-redis.ts'

type Ask = (method: string, params: Json, spaceId?: string) => Promise<Json | undefined>

/** A service whose spaces have these Redises; time limits are long where nothing is to be found out by them. */
function serve(context: TestContext, urls: Record<string, string>, timeoutMs = 20_000): Ask {
  const service = createRedisService({ connect: ({ url }) => connectSpaceRedis({ url, timeoutMs }) })
  context.after(() => service.close())
  return (method, params, spaceId = 's') => service(askOf(spaceId, urls[spaceId]), method, params)
}

function askOf(spaceId: string, redisUrl: string | undefined): AskContext {
  return {
    space: {
      spaceId,
      clientSecret: 'secret',
      origins: [],
      provider: 'aliyun',
      workers: { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 },
      environment: {},
      ...(redisUrl !== undefined && { redisUrl }),
    },
    name: 'function',
    facts: {
      source: 'client',
      requestId: 'r',
      secretType: 'none',
      clientInfo: {},
      clientIp: '127.0.0.1',
      userAgent: '',
    },
    depth: 0,
  }
}

function run(ask: Ask, ...[command = '', ...args]: readonly string[]): Promise<Json | undefined> {
  return ask('command', { command, args })
}

ownRedisTest('commands are run and answered as Redis lays them out', async ({ url }, context) => {
  const ask = serve(context, { s: url })
  const rows: readonly (readonly [command: readonly string[], reply: Json])[] = [
    [['set', 'k', '你好', 'EX', '60'], 'OK'],
    [['get', 'k'], '你好'],
    [['SET', 'k', 'x', 'NX'], null],
    [['ttl', 'k'], 60],
    [['hset', 'h', 'a', '1', '__proto__', '2'], 2],
    [['hget', 'h', '__proto__'], '2'],
    [['hgetall', 'none'], []],
    [['lpush', 'l', 'a', 'b'], 2],
    [
      ['lrange', 'l', '0', '-1'],
      ['b', 'a'],
    ],
    [['zadd', 'z', '1.5', 'm'], 1],
    [
      ['zrange', 'z', '0', '-1', 'WITHSCORES'],
      ['m', '1.5'],
    ],
    [['incr', 'n'], 1],
    [
      ['eval', 'return {1, ARGV[1], false}', '0', 'x'],
      [1, 'x', null],
    ],
    [['script', 'exists', 'ff'], [0]],
    [['del', 'k', 'h'], 2],
    [['get', 'k'], null],
  ]
  for (const [command, reply] of rows) assert.deepEqual(await run(ask, ...command), reply, command.join(' '))
  await run(ask, 'hset', 'flat', 'a', '1', 'b', '2')
  assert.deepEqual(await run(ask, 'hgetall', 'flat'), ['a', '1', 'b', '2'])
})

ownRedisTest('commands that are run together are answered together', async ({ url }, context) => {
  const ask = serve(context, { s: url })
  const commands = [
    { command: 'set', args: ['k', '1'] },
    { command: 'incr', args: ['k'] },
    { command: 'hgetall', args: ['none'] },
  ]
  assert.deepEqual(await ask('multi', { commands }), ['OK', 2, []])
  const failing = [
    { command: 'lpush', args: ['k', 'x'] },
    { command: 'incr', args: ['k'] },
  ]
  await assert.rejects(ask('multi', { commands: failing }), (error: unknown) => {
    assert.ok(error instanceof DrawbridgeError)
    assert.deepEqual([error.code, error.detail], ['REDIS_COMMAND_FAILED', { reason: 'WRONGTYPE', index: 0 }])
    return true
  })
  assert.equal(await run(ask, 'get', 'k'), '3')
  await assert.rejects(ask('multi', { commands: [{ command: 'set', args: ['k'] }] }), { code: 'REDIS_COMMAND_FAILED' })
})

const refused: readonly (readonly [method: string, params: Json])[] = [
  ...[
    'flushall',
    'FlushDB',
    'config',
    'shutdown',
    'debug',
    'acl',
    'client',
    'monitor',
    'subscribe',
    'psubscribe',
    'blpop',
    'brpop',
    'bzpopmin',
    'xread',
    'wait',
    'select',
    'auth',
    'hello',
    'quit',
    'watch',
    'multi',
    'exec',
    'migrate',
    'restore',
    'replicaof',
    'function',
    'fcall',
    'constructor',
    '__proto__',
    '',
  ].map((command): [string, Json] => ['command', { command, args: [] }]),
  ['command', { command: 'script', args: ['kill'] }],
  ['command', { command: 'script', args: ['FLUSH'] }],
  ['command', { command: 'script', args: [] }],
  ['command', { command: 'get' }],
  ['command', { command: 'get', args: [1] }],
  ['command', { command: 'get', args: ['k'], url: 'redis://other' }],
  ['command', { command: 'set', args: ['k', 'x'.repeat(1024 * 1024 + 1)] }],
  ['command', { command: 'del', args: Array.from({ length: 10_001 }, () => 'k') }],
  ['command', null],
  ['multi', { commands: [] }],
  [
    'multi',
    {
      commands: [
        { command: 'get', args: ['k'] },
        { command: 'flushall', args: [] },
      ],
    },
  ],
  ['multi', { commands: Array.from({ length: 1_001 }, () => ({ command: 'get', args: ['k'] })) }],
]
for (const [method, params] of refused) {
  test(`is refused before any connection is made: ${method} ${JSON.stringify(params).slice(0, 60)}`, async (context) => {
    await assert.rejects(serve(context, { s: 'redis://127.0.0.1:1' })(method, params), {
      code: 'REDIS_COMMAND_REFUSED',
    })
  })
}

test('a space without a Redis is told so', async (context) => {
  await assert.rejects(run(serve(context, {}), 'get', 'k'), { code: 'REDIS_OFF' })
})

for (const url of ['/tmp/redis.sock', 'localhost:6379', 'http://127.0.0.1', '6379']) {
  test(`what is no address of a Redis is not connected to: ${url}`, async (context) => {
    await assert.rejects(run(serve(context, { s: url }), 'get', 'k'), { code: 'STORE_UNAVAILABLE' })
  })
}

test('there are no other methods', async (context) => {
  for (const method of ['connect', 'constructor', '__proto__'])
    await assert.rejects(serve(context, { s: 'redis://127.0.0.1:1' })(method, {}), { code: 'METHOD_UNKNOWN' })
})

test('each space has its own Redis', async (context) => {
  const redises = [await startOwnRedis(), await startOwnRedis()]
  const [one, other] = redises
  if (one === undefined || other === undefined) {
    skipLoudly(context, 'Redis')
    return
  }
  context.after(() => Promise.all([one.stop(), other.stop()]))
  const ask = serve(context, { s: one.url, t: other.url })
  await run(ask, 'set', 'k', 'of s')
  assert.equal(await ask('command', { command: 'get', args: ['k'] }, 't'), null)
})

ownRedisTest(
  'an error tells its first word, and nothing of what was sent or of the address',
  async (redis, context) => {
    const ask = serve(context, { s: `${redis.url}/0?name=ADDRESS-MARKER` }, 2_000)
    const tellsNothing = (code: string) => (error: unknown) => {
      assert.ok(error instanceof DrawbridgeError)
      assert.equal(error.code, code)
      assert.doesNotMatch(`${JSON.stringify(error.detail)}${error.message}${String(error.cause)}`, /MARKER|redis:/)
      return true
    }
    const failing = ['eval', `return redis.error_reply('VALUE-MARKER')`, '0']
    await assert.rejects(run(ask, ...failing), tellsNothing('REDIS_COMMAND_FAILED'))
    await redis.kill()
    await assert.rejects(run(ask, ...failing), tellsNothing('STORE_UNAVAILABLE'))
  },
)

ownRedisTest('a Redis that is gone is told as gone, and used again when it is back', async (redis, context) => {
  const ask = serve(context, { s: redis.url }, 2_000)
  await run(ask, 'set', 'k', 'v')
  await redis.kill()
  for (let attempt = 0; attempt < 3; attempt += 1)
    await assert.rejects(run(ask, 'get', 'k'), { code: 'STORE_UNAVAILABLE' })
  await redis.start()
  let back: Json | undefined
  while (back === undefined) {
    back = await run(ask, 'ping').catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.equal(back, 'PONG')
})

ownRedisTest('a Redis that hangs is given up after a short time', async (redis, context) => {
  const ask = serve(context, { s: redis.url }, 300)
  await run(ask, 'set', 'k', 'v')
  redis.pause()
  for (let attempt = 0; attempt < 4; attempt += 1)
    await assert.rejects(run(ask, 'get', 'k'), { code: 'STORE_UNAVAILABLE' })
  redis.resume()
  let back: Json | undefined
  while (back === undefined) {
    back = await run(ask, 'get', 'k').catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.equal(back, 'v')
})

ownRedisTest('a reply that is too long costs its call and no memory', async ({ url }, context) => {
  const ask = serve(context, { s: url })
  for (const [name, mebibytes] of [
    ['large', 20],
    ['long', 7],
  ])
    await run(ask, 'eval', `return redis.call('set', '${name}', string.rep('x', ${mebibytes} * 1024 * 1024))`, '0')
  await assert.rejects(run(ask, 'get', 'long'), { code: 'REDIS_COMMAND_FAILED' })
  await assert.rejects(run(ask, 'get', 'large'), { code: 'STORE_UNAVAILABLE' })
  while ((await run(ask, 'ping').catch(() => undefined)) === undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const part = ['getrange', 'large', '0', '500000']
  const replies = await Promise.all(Array.from({ length: 40 }, () => run(ask, ...part)))
  for (const reply of replies) assert.equal(typeof reply === 'string' && reply.length, 500_001)
})
