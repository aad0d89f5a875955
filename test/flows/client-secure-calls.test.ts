import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARKER, equalBlocks, openClientWorld } from './client-world.ts'

const data = { text: MARKER, 中: '文😀', long: 'a'.repeat(2000) }

for (const [secretType, hidesRequest, hidesResponse] of [
  ['request', true, false],
  ['response', false, true],
  ['both', true, true],
] as const)
  test(`a mini program's call with secretType ${secretType} reaches the function and comes back`, async (t) => {
    const world = await openClientWorld(t)
    await world.openSession()
    const app = world.app()
    await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
    const { result, errCode, requestId } = await app.callFunction({ name: 'echo', data, secretType })
    const { event, deviceId, ...seen } = result as Record<string, unknown>
    assert.deepEqual(event, data)
    assert.deepEqual(seen, { secretType, appId: '__UNI__CLIENT', platform: 'mp-weixin' })
    assert.equal(deviceId, world.phone.wx.getStorageSync('__DC_STAT_UUID'))
    assert.equal(errCode, 0)
    assert.match(String(requestId), /./)
    const [exchange] = world.captured
    assert.equal(exchange?.sent.includes(MARKER), !hidesRequest)
    assert.equal(exchange.received.includes(MARKER), !hidesResponse)
  })

test('who reads all that passes sees nothing twice, and none of the data', async (t) => {
  const world = await openClientWorld(t)
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  for (let turn = 0; turn < 12; turn++) await app.callFunction({ name: 'echo', data, secret: true })
  const messages = world.captured.flatMap(({ sent, received }) => [sent, received])
  assert.equal(messages.length, 24)
  assert.deepEqual(equalBlocks(messages), [])
  for (const message of messages)
    for (const word of [MARKER, 'aaaaaaaa', 'clientInfo', 'client-space', 'osName'])
      assert.ok(!message.includes(word), word)
})

test('cloud objects go the same way: results, error codes, new tokens, methods that are named', async (t) => {
  const world = await openClientWorld(t)
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const todo = app.importObject('todo', { customUI: true, secretMethods: { add: 'both', '*': 'response' } })
  const call = (name: string, ...params: unknown[]) => todo[name]?.(...params) ?? Promise.reject(new Error(name))
  assert.deepEqual(await call('add', MARKER, 2), { title: MARKER, count: 2, secretType: 'both' })
  await assert.rejects(call('full'), { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo' })
  await call('renew')
  assert.equal(world.phone.wx.getStorageSync('uni_id_token'), 'n.e.w')
  await assert.rejects(call('constructor'), { errCode: 'METHOD_NOT_FOUND' })
  assert.ok(world.captured.every(({ sent, received }) => !sent.includes(MARKER) && !received.includes('no room')))
})

test('nothing, a thrown error and a function that is not there', async (t) => {
  const world = await openClientWorld(t)
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  assert.equal((await app.callFunction({ name: 'nothing', secret: true })).result, null)
  for (const name of ['fails', 'missing'])
    for (const secretType of ['both', 'none'] as const)
      await assert.rejects(app.callFunction({ name, secretType }), (error: { readonly errCode: unknown }) => {
        assert.ok(typeof error.errCode === 'number' && error.errCode > 70010, `${name} ${String(error.errCode)}`)
        return true
      })
  assert.ok(world.captured.every(({ received }) => !received.includes('the shelf is empty')))
})

test('a guarded function takes a signed call and no plain one; the reply is authentic too', async (t) => {
  const rules = { pay: [{ platform: 'mp-weixin', appId: '__UNI__CLIENT' }] }
  const world = await openClientWorld(t, { rules })
  await world.openSession()
  const signed = world.app({ rules })
  await signed.initSecureNetworkByWeixin({ openid: world.phone.openid })
  assert.deepEqual((await signed.callFunction({ name: 'pay', data: { a: 1 } })).result, { paid: { a: 1 } })
  const plain = world.app()
  await assert.rejects(plain.callFunction({ name: 'pay', data: { a: 1 } }), { errCode: 70008 })
  world.onTheWay = (received) => Buffer.from(received.toString('latin1').replace('"a":1', '"a":9'), 'latin1')
  await assert.rejects(signed.callFunction({ name: 'pay', data: { a: 1 } }), { errCode: 10010 })
})

test('a policy that asks for more than the call encrypts refuses it with 70004, sealed', async (t) => {
  const rules = { pay: [{ platform: 'mp-weixin', secretType: 'both' as const }] }
  const world = await openClientWorld(t, { rules })
  await world.openSession()
  const app = world.app({ rules })
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  await assert.rejects(app.callFunction({ name: 'pay', secretType: 'request' }), { errCode: 70004 })
  assert.deepEqual((await app.callFunction({ name: 'pay', secret: true })).result, { paid: {} })
})

test('a key that WeChat has replaced is good for a while, and one that it lists no more costs one further call', async (t) => {
  const world = await openClientWorld(t)
  const { phone, simulator } = world
  const user = { appid: phone.appid, user: 'alice' }
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: phone.openid })
  const call = () => app.callFunction({ name: 'echo', data, secret: true })
  await assert.rejects(call(), { errCode: 10010, cause: { status: 503, errCode: 70007 } })
  await world.openSession()
  // The app has version 1 in memory; WeChat lists three, and the server has seen none.
  for (let version = 2; version <= 4; version++) simulator.control.userKeys.push(user)
  await call()
  const statuses = world.captured.map(({ status }) => status)
  assert.deepEqual(statuses, [503, 401, 200])
  simulator.control.userKeys.push(user)
  await call()
  assert.equal(world.captured.length, 4)
})

for (const off of [-600_000, 600_000])
  test(`a phone whose clock is ${off / 60_000} minutes off calls all the same`, async (t) => {
    const world = await openClientWorld(t)
    await world.openSession()
    const app = world.app({}, off)
    await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
    for (let turn = 0; turn < 2; turn++)
      assert.deepEqual(
        ((await app.callFunction({ name: 'echo', data, secret: true })).result as { event: unknown }).event,
        data,
      )
    assert.equal(world.captured.length, 3, 'the first answer sets the clock')
  })

test('an answer that was changed on the way, or is another one’s, is 10010', async (t) => {
  const world = await openClientWorld(t)
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const call = () => app.callFunction({ name: 'echo', data, secret: true })
  await call()
  const old = Buffer.from(world.captured[0]?.received ?? '', 'latin1')
  for (const forged of [
    (bytes: Buffer) => bytes.fill(bytes[20] === 0 ? 1 : 0, 20, 21),
    () => old,
    () => Buffer.from('{"result":{"balance":1000000}}'),
    () => Buffer.from('{"errCode":0}'),
  ]) {
    world.onTheWay = forged
    await assert.rejects(call(), { errCode: 10010, errSubject: 'uni-secure-network' })
  }
  world.onTheWay = (received) => received
  await call()
})

test('without a session the server asks nobody, and the app is told to log in', async (t) => {
  const world = await openClientWorld(t)
  const app = world.app()
  await assert.rejects(app.callFunction({ name: 'echo', secret: true }), { errCode: 70006 })
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  await assert.rejects(app.callFunction({ name: 'echo', secret: true }), {
    errCode: 10010,
    cause: { status: 503, errCode: 70007 },
  })
  assert.equal(world.simulator.control.calls.count({ path: '/wxa/business/getuserencryptkey' }), 0)
})

test('an app that is not associated is refused, and a server without a secure network says so', async (t) => {
  const world = await openClientWorld(t, { apps: [] })
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  await assert.rejects(app.callFunction({ name: 'echo', secret: true }), {
    errCode: 10010,
    cause: { status: 403, errCode: 60201 },
  })
  const off = await openClientWorld(t, { mode: 'off' })
  const there = off.app()
  await there.initSecureNetworkByWeixin({ openid: off.phone.openid })
  await assert.rejects(there.callFunction({ name: 'echo', secret: true }), {
    errCode: 10010,
    cause: { status: 403, errCode: 60200 },
  })
  assert.deepEqual(((await there.callFunction({ name: 'echo', data })).result as { event: unknown }).event, data)
})

test('a server that does not answer is SYS_ERR, sealed or not', async (t) => {
  const world = await openClientWorld(t)
  const app = world.app({ endpoint: 'http://127.0.0.1:9' })
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  for (const secret of [true, false])
    await assert.rejects(app.callFunction({ name: 'echo', secret }), { errCode: 'SYS_ERR', errMsg: /request:fail/ })
})
