import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StockError } from './stock-client.ts'
import { everyClient, openStockWorld } from './stock-client-world.ts'

test('every class of the stock client calls functions and objects on every platform', async (t) => {
  const world = await openStockWorld(t)
  for (const { provider, platform } of everyClient)
    await t.test(`${provider} on ${platform}`, async (t) => {
      const storage = new Map<string, unknown>([['uni_id_token', 'u.n.i']])
      const app = world.app({ provider, platform, storage })
      const { uniCloud } = app
      const todo = uniCloud.importObject('todo', { customUI: true })

      await t.test('callFunction gives the result with request id and header', async () => {
        uniCloud.setCustomClientInfo({ claimed: 'anything' })
        const reply = await uniCloud.callFunction({ name: 'hello', data: { a: 1, clock: new Date(0) } })
        assert.equal(reply.success, true)
        assert.equal(reply.errCode, 0)
        assert.match(reply.requestId ?? '', /^[\da-f]+-\w+$/)
        assert.deepEqual(reply.header, { 'x-serverless-request-id': reply.requestId })
        assert.deepEqual(reply.result, {
          event: { a: 1, clock: '1970-01-01T00:00:00.000Z', uniIdToken: 'u.n.i' },
          ip: '127.0.0.1',
          appId: '__UNI__STOCK',
          locale: 'zh-Hans',
        })
      })

      await t.test('an anonymous token is asked for once, and only where the class has tokens', () => {
        const expected = provider === 'aliyun' ? ['anonymousAuthorize', 'invoke'] : ['invoke']
        assert.deepEqual(app.platform.network.methods(), expected)
      })

      await t.test('every kind of value arrives as it was returned', async () => {
        const rows: readonly (readonly [kind: string, value: unknown])[] = [
          ['zero', 0],
          ['empty', ''],
          ['no', false],
          ['nothing', null],
          ['missing', null],
          ['list', [1, [2]]],
          ['text', '文 and "quotes"'],
        ]
        for (const [kind, value] of rows) {
          const { result } = await uniCloud.callFunction({ name: 'values', data: { kind } })
          assert.deepEqual(result, value, kind)
        }
      })

      await t.test('a business error is a result of callFunction', async () => {
        const { result } = await uniCloud.callFunction({ name: 'business' })
        assert.deepEqual(result, { errCode: 'shop-sold-out', errMsg: 'sold out', errSubject: 'shop' })
      })

      await t.test('importObject hands parameters on in their order, with the token', async () => {
        assert.deepEqual(await todo['add']?.('milk', 2), { title: 'milk', count: 2, token: 'u.n.i' })
        assert.equal(await todo['nothing']?.(), null)
      })

      await t.test('importObject throws a returned errCode with all that came with it', async () => {
        await assert.rejects(todo['fail']?.() ?? Promise.resolve(), (error: StockError) => {
          assert.ok(error instanceof app.UniCloudError)
          assert.deepEqual(
            [error.errCode, error.errMsg, error.errSubject, error.detail],
            ['todo-full', 'no room', 'todo', { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo', room: 0 }],
          )
          assert.match(error.requestId ?? '', /^[\da-f]+-\w+$/)
          return true
        })
      })

      await t.test('importObject throws METHOD_NOT_FOUND for what is unknown, private or inherited', async () => {
        for (const method of ['unknown', '_private', 'constructor', 'hasOwnProperty', '__proto__', 'then'])
          await assert.rejects(todo[method]?.() ?? Promise.resolve(), {
            errCode: 'METHOD_NOT_FOUND',
            errSubject: 'todo',
          })
      })

      await t.test('newToken is kept and announced, also beside an error', async () => {
        const announced: unknown[] = []
        uniCloud.onRefreshToken((event) => announced.push(event))
        await todo['renew']?.()
        assert.equal(storage.get('uni_id_token'), 'n.e.w')
        assert.equal(storage.get('uni_id_token_expired'), 1_900_000_000_000)
        await assert.rejects(todo['renewAndFail']?.() ?? Promise.resolve(), { errCode: 'todo-full' })
        assert.equal(storage.get('uni_id_token'), 'n.e.w2')
        assert.equal(announced.length, 2)
        const { result } = await uniCloud.callFunction({ name: 'hello' })
        assert.equal((result as { event: { uniIdToken: string } }).event.uniIdToken, 'n.e.w2')
      })

      await t.test('interceptors see calls and their ends, and may change both', async () => {
        const seen: string[] = []
        uniCloud.addInterceptor('callFunction', {
          invoke: (options: { data: Record<string, unknown> }) => {
            options.data['intercepted'] = true
          },
          success: () => seen.push('success'),
          fail: () => seen.push('fail'),
          complete: () => seen.push('complete'),
        })
        const { result } = await uniCloud.callFunction({ name: 'hello', data: {} })
        assert.equal((result as { event: Record<string, unknown> }).event['intercepted'], true)
        await assert.rejects(uniCloud.callFunction({ name: 'fails', data: {} }))
        assert.deepEqual(seen, ['success', 'complete', 'fail', 'complete'])
        uniCloud.removeInterceptor('callFunction')
      })

      await t.test('callbacks work in place of a promise', async () => {
        const reply = await new Promise((resolve, reject) => {
          void uniCloud.callFunction({ name: 'values', data: { kind: 'zero' }, success: resolve, fail: reject })
        })
        assert.equal((reply as { result: unknown }).result, 0)
      })
    })
})

test('an app that does not draw its own errors shows the message to its user', async (t) => {
  const world = await openStockWorld(t)
  const app = world.app({ provider: 'aliyun', platform: 'mp-weixin' })
  await assert.rejects(app.uniCloud.importObject('todo')['fail']?.() ?? Promise.resolve(), { errCode: 'todo-full' })
  assert.deepEqual(
    app.platform.shown.map(([name]) => name),
    ['showLoading', 'hideLoading', 'showModal'],
  )
  assert.match(JSON.stringify(app.platform.shown.at(-1)), /no room/)
})
