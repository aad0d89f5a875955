import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APP_ID, DEVICE_ID, WX_APPID, openStockSecureWorld, refusalOf, toldBy } from './stock-secure-world.ts'

const own = { appId: APP_ID, platform: 'mp-weixin' }
const guard = { pay: [own] }

test('a guarded function runs for a client with a signature, and for an encrypted call without one', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard })
  const app = world.app({ secureNetwork: { enabled: true, rules: guard } })
  await app.uniCloud.initSecureNetworkByWeixin()
  const signed = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 3 } })
  assert.deepEqual(signed.result, { paid: 3 })
  const { body, reply } = app.platform.network.exchanges.at(-1) ?? { body: '' }
  assert.ok(body.includes('verifyClientSign') && body.includes('amount'))
  assert.ok(reply?.includes('"paid":3'))
  for (const secretType of ['request', 'both']) {
    const { result } = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 1 }, secretType })
    assert.ok((result as { paid?: unknown }).paid, secretType)
  }
  const open = await app.uniCloud.callFunction({ name: 'open', data: { a: 1 } })
  assert.deepEqual(open.result, { open: { a: 1 } })
})

test('70008: a client without signature, or with a call that proves nothing, does not reach a guarded function', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard })
  // Built before there were rules.
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  for (const secretType of [undefined, 'response']) {
    const { result } = await app.uniCloud.callFunction({
      name: 'pay',
      data: { amount: 1 },
      ...(secretType && { secretType }),
    })
    assert.deepEqual(toldBy(result), refusalOf(70008), String(secretType))
  }
  const { result } = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 5 }, secretType: 'both' })
  assert.deepEqual(result, { paid: 5 }, 'nothing of the refused calls was paid')
})

test('with every function guarded the handshake is open, with login and without', async (t) => {
  const world = await openStockSecureWorld(t, { guards: 'all' })
  const rules = { '*': [own] }
  for (const callLoginByWeixin of [false, true]) {
    const app = world.app({ secureNetwork: { enabled: true, rules } })
    await app.uniCloud.initSecureNetworkByWeixin({ callLoginByWeixin })
    assert.equal(app.platform.storage.has('uni_id_token'), callLoginByWeixin)
    const { result } = await app.uniCloud.callFunction({ name: 'open', data: { a: 1 } })
    assert.equal((result as { open?: { a?: unknown } }).open?.a, 1)
    const todo = app.uniCloud.importObject('todo', { customUI: true })
    assert.deepEqual(await todo['plain']?.('x'), { title: 'x', secretType: 'none' })
    const id = app.uniCloud.importObject('uni-id-co', { customUI: true })
    const code = world.simulator.control.codes.login({ appid: WX_APPID })
    assert.equal(((await id['loginByWeixin']?.({ code })) as { errCode?: unknown }).errCode, 0)
  }
  const bare = world.app({ secureNetwork: { enabled: true } })
  assert.deepEqual(toldBy((await bare.uniCloud.callFunction({ name: 'open' })).result), refusalOf(70008))
})

test('a signature that no rule of the server asks for costs nothing and hinders nothing', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app({ secureNetwork: { enabled: true, rules: { '*': [own] } } })
  await app.uniCloud.initSecureNetworkByWeixin()
  world.simulator.control.failures.inject({ kind: 'bad-gateway', path: '/wxa/business/getuserencryptkey', count: 99 })
  assert.deepEqual((await app.uniCloud.callFunction({ name: 'open' })).result, { open: {} })
  assert.equal(world.keysAsked(), 0)
})

test('in monitor mode what would be refused goes on, signature or none', async (t) => {
  const world = await openStockSecureWorld(t, { mode: 'monitor', rules: guard })
  const plain = world.app()
  assert.deepEqual((await plain.uniCloud.callFunction({ name: 'pay', data: { amount: 1 } })).result, { paid: 1 })
  const signing = world.app({ secureNetwork: { enabled: true, rules: guard } })
  await signing.uniCloud.initSecureNetworkByWeixin({ openid: 'nobody' })
  assert.deepEqual((await signing.uniCloud.callFunction({ name: 'pay', data: { amount: 1 } })).result, { paid: 2 })
})

test('a key that is exchanged between two calls hinders neither the old version nor the new one', async (t) => {
  const world = await openStockSecureWorld(t)
  const versions: unknown[] = []
  const apps = []
  for (let round = 0; round < 3; round++) {
    // WeChat is asked about a user twice a minute at most, and apps keep this machine's time.
    world.simulator.control.clock.set(Date.now() + (round - 1) * 50_000)
    if (round > 0) world.simulator.control.userKeys.push({ appid: WX_APPID })
    const app = world.app()
    await app.uniCloud.initSecureNetworkByWeixin()
    apps.push(app)
    for (const each of apps) {
      const { result } = await each.uniCloud.callFunction({ name: 'echo', data: { round }, secretType: 'both' })
      assert.deepEqual((result as { event?: unknown }).event, { round })
    }
    versions.push(/encryptKeyId\D+(\d+)/.exec(app.platform.network.exchanges.at(-1)?.body ?? '')?.[1])
  }
  assert.equal(new Set(versions).size, 3, String(versions))
  // Three versions are still asked for once each at most.
  assert.ok(world.keysAsked() <= 3, String(world.keysAsked()))
})

test('an openid that the client names is believed where the operator lets it, and never for a guarded function', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard, legacyOpenid: true })
  const first = world.app()
  await first.uniCloud.initSecureNetworkByWeixin()
  const app = world.app({ secureNetwork: { enabled: true, rules: guard } })
  await app.uniCloud.initSecureNetworkByWeixin({ openid: world.openid() })
  const { result } = await app.uniCloud.callFunction({ name: 'echo', secretType: 'both' })
  assert.equal((result as { deviceId?: unknown }).deviceId, DEVICE_ID)
  for (const more of [{}, { secretType: 'both' }]) {
    const refused = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 1 }, ...more })
    assert.deepEqual(toldBy(refused.result), refusalOf(70006))
  }
})

test('a login code names its user after the server has begun anew', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  await world.restart()
  const { result } = await app.uniCloud.callFunction({ name: 'echo', secretType: 'both' })
  assert.equal((result as { secretType?: unknown }).secretType, 'both')
})
