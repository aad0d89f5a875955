import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import { createSimulator } from '../simulator.ts'
import type { UserCryptoManager } from './crypto-apis.ts'
import { WxError } from './wx-error.ts'

const newPhone = (options: object = {}) =>
  createSimulator({ seed: 1, clock: { at: START, running: false } }).phone({ appid: APPIDS.mp, ...options })

describe('callbacks and promises', () => {
  test('without callbacks a Promise, with any callback nothing', async () => {
    const { wx } = newPhone()
    const promised = await wx.login()
    assert.equal(promised.errMsg, 'login:ok')
    assert.match(promised.code, /^[A-Za-z0-9]{32}$/)
    const order: string[] = []
    const returned = await new Promise<unknown>((resolve) => {
      const call = (): unknown =>
        wx.checkSession({
          success: ({ errMsg }) => order.push(`success ${errMsg}`),
          fail: () => order.push('fail'),
          complete: ({ errMsg }) => resolve([result, order.push(`complete ${errMsg}`)]),
        })
      const result = call()
      order.push('returned')
    })
    assert.deepEqual(returned, [undefined, 3])
    assert.deepEqual(order, ['returned', 'success checkSession:ok', 'complete checkSession:ok'])
  })

  test('a failure has errMsg and errno, by callback and by Promise', async () => {
    const phone = newPhone()
    phone.failNext('login', 'timeout', 5)
    const failed = await new Promise<WxError>((resolve) => phone.wx.login({ fail: resolve }))
    assert.deepEqual([failed.errMsg, failed.errno], ['login:fail timeout', 5])
    phone.failNext('login', 'timeout', 5)
    await assert.rejects(phone.wx.login(), { errMsg: 'login:fail timeout' })
    assert.equal((await phone.wx.login()).errMsg, 'login:ok')
  })

  test('getLatestUserKey and its getRandomValues never return a Promise', () => {
    const manager: UserCryptoManager = newPhone().wx.getUserCryptoManager()
    const calls: readonly (() => unknown)[] = [
      () => manager.getLatestUserKey(),
      () => manager.getRandomValues({ length: 1 }),
    ]
    for (const call of calls) assert.equal(call(), undefined)
  })

  test('an API that is younger than the base library is missing', () => {
    const { wx } = newPhone({ sdkVersion: '2.16.9' })
    assert.equal(typeof wx.getUserCryptoManager, 'undefined')
    assert.equal(typeof wx.getRandomValues, 'function')
    assert.deepEqual([wx.canIUse('getUserCryptoManager'), wx.canIUse('login')], [false, true])
    assert.equal(newPhone({ sdkVersion: '2.17.3' }).wx.canIUse('getUserCryptoManager.getLatestUserKey'), true)
  })
})

describe('login', () => {
  test('checkSession fails until a login, and again once the key was changed elsewhere', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const wx = simulator.createWx({ appid: APPIDS.mp })
    await assert.rejects(wx.checkSession(), /^WxError: checkSession:fail/)
    await wx.login()
    await wx.checkSession()
    simulator.control.sessions.rotate({ appid: APPIDS.mp })
    await assert.rejects(wx.checkSession(), WxError)
  })

  test('several logins in a short time keep the key', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const wx = simulator.createWx({ appid: APPIDS.mp })
    await wx.login()
    const first = simulator.control.sessions.get({ appid: APPIDS.mp })?.key
    simulator.control.clock.advance(299_999)
    await wx.login()
    assert.equal(simulator.control.sessions.get({ appid: APPIDS.mp })?.key, first)
    simulator.control.clock.advance(1)
    await wx.login()
    assert.notEqual(simulator.control.sessions.get({ appid: APPIDS.mp })?.key, first)
  })

  test('a banned user cannot log in', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    simulator.control.users.change('alice', { loginBanned: true })
    await assert.rejects(simulator.createWx({ appid: APPIDS.mp }).login(), { errno: 1402101 })
  })

  test('the phone number button hands over a code, and encrypted data once there is a session', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const phone = simulator.phone({ appid: APPIDS.mp, user: 'bob' })
    const before = phone.pressPhoneNumberButton()
    assert.deepEqual(Object.keys(before), ['errMsg', 'code'])
    await phone.wx.login()
    assert.deepEqual(Object.keys(phone.pressPhoneNumberButton()), ['errMsg', 'code', 'encryptedData', 'iv'])
    simulator.control.apps.change(APPIDS.mp, { phoneQuotaExhausted: true })
    assert.equal(phone.pressPhoneNumberButton().errno, 1_400_001)
  })

  test("a phone is somebody's: by id, by openid, or the first user's", async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const bob = simulator.phone({ appid: APPIDS.mp, user: 'bob' })
    assert.equal(simulator.phone({ appid: APPIDS.mp, openid: bob.openid }).userId, 'bob')
    assert.equal(simulator.phone({ appid: APPIDS.mp }).userId, 'alice')
    assert.equal(simulator.phone({ appid: APPIDS.mp, openid: 'oBrandNew' }).openid, 'oBrandNew')
    assert.throws(() => simulator.phone({ appid: APPIDS.oa }), { code: 'ARGUMENT_INVALID' })
    assert.throws(() => simulator.phone({ appid: 'nothing' }), { code: 'APP_UNKNOWN' })
  })
})

describe('crypto', () => {
  test("the client's latest key is the server's newest", async (t) => {
    const { simulator, get, login, token, signed } = await simulatorUnderTest(t)
    const manager = simulator.createWx({ appid: APPIDS.mp }).getUserCryptoManager()
    const key = await new Promise<Record<string, unknown>>((resolve) =>
      manager.getLatestUserKey({ success: (found) => resolve({ ...found }) }),
    )
    assert.equal(key['errMsg'], 'getLatestUserKey:ok')
    assert.equal(key['expireTime'], START + 3_600_000)
    const { body } = await get('/wxa/business/getuserencryptkey', signed(await token(), await login()))
    const [newest] = body['key_info_list'] as Record<string, unknown>[]
    assert.deepEqual(
      [key['encryptKey'], key['iv'], key['version']],
      [newest?.['encrypt_key'], newest?.['iv'], newest?.['version']],
    )
  })

  test('QQ has no user keys', async () => {
    const manager = newPhone({ appid: APPIDS.qqMp }).wx.getUserCryptoManager()
    const failed = await new Promise<WxError>((resolve) => manager.getLatestUserKey({ fail: resolve }))
    assert.equal(failed.errMsg, 'getLatestUserKey:fail not supported')
  })

  test('random values come in the length asked for, up to a megabyte', async () => {
    const { wx } = newPhone()
    const values = await wx.getRandomValues({ length: 32 })
    assert.equal(values.randomValues.byteLength, 32)
    assert.notDeepEqual(values.randomValues, (await wx.getRandomValues({ length: 32 })).randomValues)
    assert.equal((await wx.getRandomValues({ length: 1_048_576 })).randomValues.byteLength, 1_048_576)
    for (const length of [0, -1, 1.5, 1_048_577]) {
      await assert.rejects(wx.getRandomValues({ length }), {
        errno: 109001,
        errMsg: /invalid random value length/,
      })
    }
    const manager = wx.getUserCryptoManager()
    const failed = await new Promise<WxError>((resolve) => manager.getRandomValues({ length: 0, fail: resolve }))
    assert.equal(failed.errno, 109001)
    const got = await new Promise<number>((resolve) =>
      manager.getRandomValues({ length: 8, success: ({ randomValues }) => resolve(randomValues.byteLength) }),
    )
    assert.equal(got, 8)
  })
})

describe('device and bytes', () => {
  test('the account info tells a version in a release only', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const wx = simulator.createWx({ appid: APPIDS.mp })
    assert.deepEqual(wx.getAccountInfoSync(), {
      miniProgram: { appId: APPIDS.mp, envVersion: 'release', version: '1.0.0' },
    })
    simulator.control.apps.change(APPIDS.mp, { envVersion: 'trial' })
    assert.deepEqual(wx.getAccountInfoSync().miniProgram, { appId: APPIDS.mp, envVersion: 'trial', version: '' })
  })

  test('the device is what the test says', () => {
    const { wx } = newPhone({ platform: 'devtools', model: 'iPhone X', sdkVersion: '3.0.2', language: 'en' })
    assert.deepEqual([wx.getDeviceInfo().platform, wx.getDeviceInfo().model], ['devtools', 'iPhone X'])
    assert.deepEqual([wx.getAppBaseInfo().SDKVersion, wx.getAppBaseInfo().language], ['3.0.2', 'en'])
    assert.deepEqual(wx.getSystemInfoSync(), { ...wx.getAppBaseInfo(), ...wx.getDeviceInfo() })
  })

  test('base64 goes both ways', () => {
    const { wx } = newPhone()
    const bytes = Uint8Array.from([0, 1, 254, 255]).buffer
    assert.equal(wx.arrayBufferToBase64(bytes), 'AAH+/w==')
    assert.deepEqual(wx.base64ToArrayBuffer('AAH+/w=='), bytes)
  })
})

describe('storage', () => {
  test('keeps native values, dates and what JSON can write, as copies', async () => {
    const { wx } = newPhone()
    for (const value of ['text', 1, true, null, { a: [1, { b: 'c' }] }, [1, 2]]) {
      wx.setStorageSync('key', value)
      assert.deepEqual(wx.getStorageSync('key'), value)
    }
    wx.setStorageSync('date', new Date(START))
    assert.deepEqual(wx.getStorageSync('date'), new Date(START))
    const mutable = { a: 1 }
    await wx.setStorage({ key: 'key', data: mutable })
    mutable.a = 2
    assert.deepEqual((await wx.getStorage({ key: 'key' })).data, { a: 1 })
  })

  test('what is missing is an empty text for sync, a failure for async', async () => {
    const { wx } = newPhone()
    assert.equal(wx.getStorageSync('nothing'), '')
    await assert.rejects(wx.getStorage({ key: 'nothing' }), {
      errMsg: 'getStorage:fail data not found',
    })
  })

  test('removes, clears and tells what it holds', async () => {
    const { wx } = newPhone()
    wx.setStorageSync('a', 'x'.repeat(2048))
    wx.setStorageSync('b', 1)
    assert.deepEqual(wx.getStorageInfoSync(), { keys: ['a', 'b'], currentSize: 3, limitSize: 10_240 })
    await wx.removeStorage({ key: 'a' })
    assert.deepEqual((await wx.getStorageInfo()).keys, ['b'])
    wx.removeStorageSync('b')
    wx.setStorageSync('c', 1)
    await wx.clearStorage()
    wx.clearStorageSync()
    assert.deepEqual(wx.getStorageInfoSync().keys, [])
  })

  test('holds one megabyte a key and ten in all; encrypted 0.7 and 7.1', async () => {
    const { wx } = newPhone()
    const fits = 'x'.repeat(1024 * 1024 - 100)
    assert.throws(() => wx.setStorageSync('big', 'x'.repeat(1024 * 1024)), { errMsg: /entry size limit/ })
    for (let n = 0; n < 10; n += 1) wx.setStorageSync(`key${n}`, fits)
    assert.throws(() => wx.setStorageSync('one more', fits), { errMsg: /exceed storage max size/ })
    wx.setStorageSync('key0', fits)
    wx.clearStorageSync()
    const secret = 'x'.repeat(Math.floor(0.7 * 1024 * 1024) - 100)
    await assert.rejects(wx.setStorage({ key: 'big', data: fits, encrypt: true }), /entry size limit/)
    for (let n = 0; n < 10; n += 1) await wx.setStorage({ key: `key${n}`, data: secret, encrypt: true })
    await assert.rejects(wx.setStorage({ key: 'more', data: secret, encrypt: true }), /exceed/)
  })

  test('what was encrypted is read with the flag only', async () => {
    const { wx } = newPhone()
    await wx.setStorage({ key: 'key', data: 'secret', encrypt: true })
    assert.equal((await wx.getStorage({ key: 'key', encrypt: true })).data, 'secret')
    await assert.rejects(wx.getStorage({ key: 'key' }), WxError)
    assert.throws(() => wx.getStorageSync('key'), WxError)
  })

  test('refuses keys that are no text and values that JSON cannot write', () => {
    const { wx } = newPhone()
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    for (const value of [() => 1, circular, 1n])
      assert.throws(() => wx.setStorageSync('key', value), { errMsg: /parameter error/ })
    assert.throws(() => wx.setStorageSync(1 as unknown as string, 1), { errMsg: /parameter.key/ })
  })

  test("belongs to one user and one app, and outlives the phone's being opened", async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    simulator.createWx({ appid: APPIDS.mp }).setStorageSync('key', 'mine')
    assert.equal(simulator.createWx({ appid: APPIDS.mp }).getStorageSync('key'), 'mine')
    assert.equal(simulator.createWx({ appid: APPIDS.mp, user: 'bob' }).getStorageSync('key'), '')
    assert.equal(simulator.createWx({ appid: APPIDS.qqMp }).getStorageSync('key'), '')
  })
})
