import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APP_ID, WX_APPID, openStockSecureWorld, refusalOf, toldBy } from './stock-secure-world.ts'
import { clientInfo, createScript, encrypt, handshaken, requestText } from './stock-secure-message.ts'

const own = { appId: APP_ID, platform: 'mp-weixin' }
const encrypted = { name: 'echo', data: {}, secretType: 'both' }

test('before any handshake the client itself says what is missing', async (t) => {
  const world = await openStockSecureWorld(t)
  await assert.rejects(world.app().uniCloud.callFunction(encrypted), /initSecureNetworkByWeixin/)
  const web = world.app({ platform: 'web' })
  await assert.rejects(web.uniCloud.callFunction(encrypted), { errSubject: 'uni-secure-network', errCode: 20000 })
})

test('20101: a client that its own rules do not list calls nobody', async (t) => {
  const world = await openStockSecureWorld(t)
  for (const list of [[], [{ ...own, platform: 'android' }], [{ ...own, appId: '__UNI__OTHER' }]]) {
    const app = world.app({ secureNetwork: { enabled: true, rules: { echo: list } } })
    await assert.rejects(app.uniCloud.callFunction({ name: 'echo' }), refusalOf(20101))
    assert.ok(!app.platform.network.methods().includes('invoke'))
  }
})

test('20102: without a key from WeChat the client calls nobody', async (t) => {
  const world = await openStockSecureWorld(t)
  const weixin = {
    appId: WX_APPID,
    login: () => world.simulator.phone({ appid: WX_APPID }).wx.login(),
    latestUserKey: () => Promise.reject(new Error('getLatestUserKey:fail')),
  }
  const app = world.app({ weixin })
  await app.uniCloud.initSecureNetworkByWeixin()
  await assert.rejects(app.uniCloud.callFunction(encrypted), refusalOf(20102))
})

test('60200: where the legacy wire is off, or the network is, encrypted calls are refused and plain ones are not', async (t) => {
  for (const section of [{ legacyWire: 'off' }, { mode: 'off' }]) {
    const world = await openStockSecureWorld(t, section)
    const app = world.app()
    await app.uniCloud.initSecureNetworkByWeixin()
    const { result } = await app.uniCloud.callFunction(encrypted)
    assert.deepEqual(toldBy(result), refusalOf(60200))
    const plain = await app.uniCloud.callFunction({ name: 'echo', data: { a: 1 } })
    assert.deepEqual((plain.result as { event?: unknown }).event, { a: 1 })
  }
})

test('601xx, 602xx: an app has to say what it is, and to be in the applications list', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  const rows = [
    [{ ...clientInfo, appId: '' }, 60101],
    [{ ...clientInfo, deviceId: undefined }, 60102],
    [{ ...clientInfo, osName: 7 }, 60103],
    [{ ...clientInfo, appId: '__UNI__OTHER' }, 60201],
    [{ ...clientInfo, uniPlatform: 'app' }, 60202],
    [{ ...clientInfo, uniPlatform: undefined }, 60202],
  ] as const
  for (const [info, errCode] of rows) {
    const script = createScript(world, key, { mpWeixinCode: code }, info)
    const result = await script.call('echo', script.args(encrypt(key, requestText({}))))
    assert.deepEqual(toldBy(result), refusalOf(errCode), JSON.stringify(info))
  }
})

test('70001: a clock that is ten minutes off; 70002, 70003: another app or device than the envelope says', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const rows = [
    [{ timestamp: Date.now() - 61_000 }, 70001],
    [{ timestamp: Date.now() + 70_000 }, 70001],
    [{ appId: '__UNI__OTHER' }, 70002],
    [{ wxAppId: 'wx9999999999999999' }, 70002],
    [{ deviceId: 'another' }, 70003],
    [{}, undefined],
  ] as const
  for (const [change, errCode] of rows) {
    const result = await script.call(
      'open',
      script.args(encrypt(key, requestText({}, change)), { secretType: 'request' }),
    )
    assert.equal((toldBy(result) as { errCode?: unknown }).errCode, errCode, JSON.stringify(change))
  }
  world.advance(600_000)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  assert.deepEqual(toldBy((await app.uniCloud.callFunction(encrypted)).result), refusalOf(70001))
})

test('70004: the rule is for the other version of the app', async (t) => {
  const world = await openStockSecureWorld(t, { rules: { pay: [{ appId: APP_ID, version: 'development' }] } })
  const app = world.app({ secureNetwork: { enabled: true, rules: { pay: [own] } } })
  await app.uniCloud.initSecureNetworkByWeixin()
  for (const secretType of [undefined, 'both']) {
    const { result } = await app.uniCloud.callFunction({
      name: 'pay',
      data: { amount: 1 },
      ...(secretType && { secretType }),
    })
    assert.deepEqual(toldBy(result), refusalOf(70004))
  }
})

test('70006: who names himself by nothing that is believed', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin({ openid: world.openid() })
  assert.deepEqual(toldBy((await app.uniCloud.callFunction(encrypted)).result), refusalOf(70006))
  const { key } = await handshaken(world)
  for (const mpWeixinCode of ['0123456789abcdef0123456789abcdef', '__proto__', '../../code']) {
    const script = createScript(world, key, { mpWeixinCode })
    const result = await script.call('echo', script.args(encrypt(key, requestText({}))))
    assert.deepEqual(toldBy(result), refusalOf(70006), mpWeixinCode)
  }
})

test('a user whom only his token names is known by it, and what is wrong with the token is told in uni-id’s words', async (t) => {
  const world = await openStockSecureWorld(t)
  const storage = new Map<string, unknown>()
  const first = world.app({ storage })
  await first.uniCloud.initSecureNetworkByWeixin({ callLoginByWeixin: true })
  assert.equal(typeof storage.get('uni_id_token'), 'string')
  const app = world.app({ storage })
  // The openid is not believed; the token is.
  await app.uniCloud.initSecureNetworkByWeixin({ openid: 'nobody' })
  const { result } = await app.uniCloud.callFunction(encrypted)
  assert.equal((result as { token?: unknown }).token, storage.get('uni_id_token'))
  storage.set('uni_id_token', `${String(storage.get('uni_id_token'))}x`)
  const forged = await app.uniCloud.callFunction(encrypted)
  assert.equal((forged.result as { errCode?: unknown }).errCode, 'uni-id-check-token-failed')
})

test('uni-id-token-expired comes as the result of the call', async (t) => {
  const world = await openStockSecureWorld(t)
  const storage = new Map<string, unknown>()
  world.simulator.control.clock.set(Date.now() - 10 * 3_600_000)
  await world.app({ storage }).uniCloud.initSecureNetworkByWeixin({ callLoginByWeixin: true })
  world.simulator.control.clock.set(Date.now())
  const app = world.app({ storage })
  await app.uniCloud.initSecureNetworkByWeixin({ openid: 'nobody' })
  const { result } = await app.uniCloud.callFunction(encrypted)
  const { errCode, errMsg } = result as { readonly errCode?: unknown; readonly errMsg?: unknown }
  assert.deepEqual([errCode, typeof errMsg], ['uni-id-token-expired', 'string'])
})

test('70007: a user whose session was taken out needs a new login, and WeChat is not asked', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  await app.uniCloud.callFunction(encrypted)
  const { bridge } = world.server().replica
  const mini = bridge.apps.resolve(APP_ID, 'weixin-mp')
  await bridge.remove({ kind: 'session_key', app: mini, openid: world.openid() })
  const asked = world.keysAsked()
  assert.deepEqual(toldBy((await app.uniCloud.callFunction(encrypted)).result), refusalOf(70007))
  assert.equal(world.keysAsked(), asked)
  const again = world.app()
  await again.uniCloud.initSecureNetworkByWeixin()
  assert.equal(((await again.uniCloud.callFunction(encrypted)).result as { secretType?: unknown }).secretType, 'both')
})

test('70007: WeChat down costs encrypted calls their key, and plain calls nothing', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  world.simulator.control.failures.inject({ kind: 'bad-gateway', path: '/wxa/business/getuserencryptkey', count: 99 })
  assert.deepEqual(toldBy((await app.uniCloud.callFunction(encrypted)).result), refusalOf(70007))
  const { result } = await app.uniCloud.callFunction({ name: 'echo', data: { a: 1 } })
  assert.deepEqual((result as { event?: unknown }).event, { a: 1 })
})

test('70009: a version that there is not, and WeChat is asked for it twice a minute at most', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  for (let version = key.version + 1; version < key.version + 30; version++) {
    const script = createScript(world, { ...key, version }, { mpWeixinCode: code })
    const result = await script.call('echo', script.args(encrypt(key, requestText({}))))
    assert.deepEqual(toldBy(result), refusalOf(70009), String(version))
  }
  assert.ok(world.keysAsked() <= 2, String(world.keysAsked()))
})
