import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APP_ID, DEVICE_ID, openStockSecureWorld } from './stock-secure-world.ts'

const modes = ['request', 'response', 'both'] as const
type Sent = { readonly functionArgs: Readonly<Record<string, unknown>> }

/** The arguments of the last call, as they went over the wire. */
function lastSent(exchanges: readonly { readonly body: string }[]): Sent['functionArgs'] {
  const { params } = JSON.parse(exchanges.at(-1)?.body ?? '{}') as { readonly params: string }
  return (JSON.parse(params) as Sent).functionArgs
}

test('the published client’s request, response and both reach the function in clear and come back so', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  for (const secretType of modes) {
    const data = { word: '文 marker-in', list: [1, null, { deep: true }] }
    const { result } = await app.uniCloud.callFunction({ name: 'echo', data, secretType })
    assert.deepEqual(result, {
      event: data,
      secretType,
      appId: APP_ID,
      deviceId: DEVICE_ID,
      platform: 'mp-weixin',
    })
    const { body, reply = '' } = app.platform.network.exchanges.at(-1) ?? { body: '' }
    assert.equal(body.includes('marker-in'), secretType === 'response', `${secretType}: the request`)
    assert.equal(reply.includes('marker-in'), secretType === 'request', `${secretType}: the reply`)
    const { _uniCloudOptions: options } = lastSent(app.platform.network.exchanges)
    assert.equal((options as { secretType?: unknown }).secretType, secretType)
  }
})

test('each value comes back as it is in each mode, falsy ones too', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  const rows = [
    ['zero', 0],
    ['empty', ''],
    ['no', false],
    ['nothing', null],
    ['missing', null],
    ['list', [1, [2]]],
    ['text', '文 and "quotes"'],
  ] as const
  for (const secretType of modes) {
    for (const [kind, value] of rows) {
      const { result } = await app.uniCloud.callFunction({ name: 'values', data: { kind }, secretType })
      assert.deepEqual(result, value, `${secretType} ${kind}`)
    }
  }
})

test('a method of an object is encrypted by its own name before by *', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  const secretMethods = { '*': 'request', add: 'both', plain: 'none' }
  const todo = app.uniCloud.importObject('todo', { customUI: true, secretMethods })
  assert.deepEqual(await todo['add']?.('a'), { title: 'a', secretType: 'both', params: ['a'] })
  assert.deepEqual(await todo['plain']?.('b'), { title: 'b', secretType: 'none' })
  assert.equal(await todo['nothing']?.(), null)
  const { _uniCloudOptions: options } = lastSent(app.platform.network.exchanges)
  assert.equal((options as { secretType?: unknown }).secretType, 'request')
})

test('an error that a function returns is inside the encryption; one that it throws says nothing of itself', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  for (const secretType of modes) {
    const { result } = await app.uniCloud.callFunction({ name: 'business', secretType })
    assert.deepEqual(result, { errCode: 'shop-sold-out', errMsg: 'sold out', errSubject: 'shop' })
    const { reply = '' } = app.platform.network.exchanges.at(-1) ?? {}
    assert.equal(reply.includes('sold out'), secretType === 'request', secretType)
    await assert.rejects(app.uniCloud.callFunction({ name: 'fails', secretType }), (error: Error) => {
      assert.equal((error as { code?: unknown }).code, 'FunctionBizError')
      assert.ok(!error.message.includes('shelf'), error.message)
      return true
    })
  }
  const todo = app.uniCloud.importObject('todo', { customUI: true, secretMethods: { '*': 'both' } })
  await assert.rejects(todo['fail']?.() ?? Promise.resolve(), { errCode: 'todo-full', errSubject: 'todo' })
})

test('a new token inside an encrypted result is taken up by the client', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  const todo = app.uniCloud.importObject('todo', { customUI: true, secretMethods: { '*': 'both' } })
  await todo['renew']?.()
  assert.equal(app.platform.storage.get('uni_id_token'), 'n.e.w')
  const { result } = await app.uniCloud.callFunction({ name: 'echo', secretType: 'both' })
  assert.equal((result as { token?: unknown }).token, 'n.e.w')
  const own = await app.uniCloud.callFunction({ name: 'echo', data: { uniIdToken: 'o.w.n' }, secretType: 'both' })
  assert.equal((own.result as { token?: unknown }).token, 'o.w.n')
})

test('an access token that expires in between costs one renewal, and the encrypted call runs once', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  // Apps keep this machine's time, so the token is given out in the past.
  world.simulator.control.clock.set(Date.now() - 3 * 3_600_000)
  await app.uniCloud.initSecureNetworkByWeixin()
  world.simulator.control.clock.set(Date.now())
  const sent = app.platform.network.exchanges.length
  const { result } = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 5 }, secretType: 'both' })
  assert.deepEqual(result, { paid: 5 })
  assert.deepEqual(app.platform.network.methods().slice(sent), ['invoke', 'anonymousAuthorize', 'invoke'])
  const contents = app.platform.network.exchanges.slice(sent).map(({ body }) => /content[^,]*/.exec(body)?.[0])
  assert.equal(contents[0], contents[2])
})

test('calls that the client makes at once all arrive, although it gives them one and the same ciphertext', async (t) => {
  const world = await openStockSecureWorld(t, { rules: { 'echo, open': [{ appId: APP_ID }] } })
  const rules = { 'echo, open': [{ appId: APP_ID, platform: 'mp-weixin' }] }
  const app = world.app({ secureNetwork: { enabled: true, rules } })
  await app.uniCloud.initSecureNetworkByWeixin()
  await app.uniCloud.callFunction({ name: 'echo' })
  const sent = app.platform.network.exchanges.length
  // Within one millisecond, however slow the machine is.
  const moment = Date.now()
  const frozen = t.mock.method(Date, 'now', () => moment)
  const replies = await Promise.all([
    ...[1, 2, 3].map((n) => app.uniCloud.callFunction({ name: 'echo', data: { n } })),
    app.uniCloud.callFunction({ name: 'open', data: { n: 4 } }),
    app.uniCloud.callFunction({ name: 'open', data: { n: 5 }, secretType: 'both' }),
    app.uniCloud.callFunction({ name: 'echo', data: { n: 5 }, secretType: 'both' }),
  ])
  frozen.mock.restore()
  for (const { result } of replies) assert.equal((result as { errCode?: unknown }).errCode, undefined)
  const bodies = app.platform.network.exchanges.slice(sent).map(({ body }) => body)
  const distinct = (name: RegExp) => new Set(bodies.flatMap((body) => name.exec(body)?.[0] ?? [])).size
  assert.deepEqual([distinct(/verifyClientSign[^,]*/), distinct(/content[^,]*/)], [1, 1])
})
