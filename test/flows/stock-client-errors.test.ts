import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StockClient, StockError } from './stock-client.ts'
import { everyClient, openStockWorld } from './stock-client-world.ts'

async function failure(call: Promise<unknown> | undefined): Promise<StockError> {
  const result = await Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(result instanceof Error, 'the call should have failed')
  return result
}

function call({ uniCloud }: StockClient, name: string, more: object = {}) {
  return uniCloud.callFunction({ name, data: {}, ...more })
}

test('every class of the stock client is told each error in the words that it knows', async (t) => {
  const world = await openStockWorld(t)
  for (const { provider, platform } of everyClient)
    await t.test(`${provider} on ${platform}`, async (t) => {
      const app = world.app({ provider, platform })

      await t.test('a function that threw: its own message', async () => {
        const error = await failure(call(app, 'fails'))
        assert.equal(error.code, 'FunctionBizError')
        assert.equal(error.message, '[fails]: the shelf is empty')
        assert.equal(error.errMsg, 'the shelf is empty')
        assert.match(error.requestId ?? '', /^[\da-f]+-\w+$/)
      })

      await t.test('a method that threw: its own message', async () => {
        const todo = app.uniCloud.importObject('todo', { customUI: true })
        const error = await failure(todo['boom']?.())
        assert.equal(error.errCode, 'FunctionBizError')
        assert.equal(error.errMsg, '[todo]: todo broke')
      })

      await t.test('a method that threw with an errCode: all that it threw', async () => {
        const todo = app.uniCloud.importObject('todo', { customUI: true })
        const error = await failure(todo['refuse']?.())
        assert.deepEqual([error.errCode, error.errMsg, error.errSubject], ['todo-full', 'no room', 'todo'])
        assert.deepEqual((error.detail as { detail?: unknown }).detail, { room: 0 })
        assert.match(error.requestId ?? '', /^[\da-f]+-\w+$/)
      })

      await t.test('a method that was refused by the server: the code and what was blamed', async () => {
        const todo = app.uniCloud.importObject('todo', { customUI: true })
        const error = await failure(todo['search']?.())
        assert.equal(error.errCode, 'UNICLOUD_ARGUMENT_INVALID')
        assert.match(error.errMsg ?? '', /where\.done: every value is undefined/)
      })

      await t.test('a function that nobody has: the client’s own hint', async () => {
        for (const name of ['nobody', 'uni-stat-receiver', 'constructor', '__proto__', '../hello']) {
          const error = await failure(call(app, name))
          assert.equal(error.code, 'FUNCTION_NOT_FOUND', name)
          assert.ok(error.message.includes(`云函数[${name}]在云端不存在`), error.message)
        }
      })

      await t.test('a function past its time', async () => {
        const error = await failure(call(app, 'slow'))
        assert.equal(error.code, 'RequestTimeout')
      })

      await t.test('a secret that is not the space’s', async () => {
        const error = await failure(call(world.app({ provider, platform, clientSecret: 'wrong' }), 'hello'))
        assert.equal(error.code, 'SignatureNotMatch')
      })

      await t.test('a space that is not served', async () => {
        const error = await failure(call(world.app({ provider, platform, spaceId: 'nowhere' }), 'hello'))
        assert.equal(error.code, 'InvalidSpaceId.NotFound')
      })

      await t.test('data beyond the limit', async () => {
        const error = await failure(call(app, 'hello', { data: { text: 'x'.repeat(1_100_000) } }))
        // A page cannot read what is refused before its space is known by the body.
        assert.equal(error.code, platform === 'web' ? 'SYS_ERR' : 'RequestContentLength.Exceeded')
      })

      await t.test('data that no JavaScript object should be made of', async () => {
        const error = await failure(call(app, 'hello', { data: JSON.parse('{"a":{"__proto__":{"b":1}}}') as object }))
        assert.equal(error.code, 'InvalidParams.Format')
      })

      await t.test('a server that is not there', async () => {
        const error = await failure(call(world.app({ provider, platform, endpoint: 'http://127.0.0.1:9' }), 'hello'))
        assert.equal(error.code, 'SYS_ERR')
      })
    })
})

test('a call’s own time limit ends it, for the class that keeps it', async (t) => {
  const world = await openStockWorld(t)
  for (const platform of ['mp-weixin', 'web'] as const) {
    const app = world.app({ provider: 'aliyun', platform })
    await call(app, 'hello')
    const error = await failure(call(app, 'slow', { timeout: 100 }))
    assert.equal(error.code, 'SYS_ERR')
    assert.match(error.message, /timeout/)
  }
})

test('an endpoint that ends in a slash is served too', async (t) => {
  const world = await openStockWorld(t)
  for (const client of everyClient) {
    const app = world.app({ ...client, endpoint: `${world.endpoint}/` })
    assert.equal((await call(app, 'values', { data: { kind: 'zero' } })).result, 0)
    assert.match(app.platform.network.exchanges[0]?.url ?? '', /\/\/client$/)
  }
})

test('a page of a foreign origin calls nothing, and a space that admits no pages answers none', async (t) => {
  const world = await openStockWorld(t)
  const { spaceId, clientSecret } = world.otherSpace
  for (const provider of ['aliyun', 'dcloud'] as const) {
    const foreign = world.app({ provider, platform: 'web', origin: 'https://evil.example' })
    assert.equal((await failure(call(foreign, 'hello'))).code, 'SYS_ERR')
    assert.deepEqual(
      foreign.platform.network.exchanges.map(({ status }) => status),
      [undefined],
    )
    // Some space admits the page, so its preflight passes; the space that is called does not.
    const other = world.app({ provider, platform: 'web', spaceId, clientSecret })
    assert.equal((await failure(call(other, 'hello'))).code, 'SYS_ERR')
    const phone = world.app({ provider, platform: 'mp-weixin', spaceId, clientSecret })
    assert.equal((await call(phone, 'values', { data: { kind: 'zero' } })).result, 0)
  }
})
