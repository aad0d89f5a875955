import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AskError } from '../../worker/ask-error.ts'
import { startWorkerFixture } from '../../worker/worker-fixture.ts'
import { createOpenBridgeModule } from './create-open-bridge-module.ts'

type Call = (...args: unknown[]) => Promise<unknown>
const key = { dcloudAppid: 'A', platform: 'weixin-mp' }

function moduleOn(answer: (method: string, params: unknown) => unknown): {
  readonly call: (name: string, ...args: unknown[]) => Promise<unknown>
  readonly asked: unknown[]
} {
  const asked: unknown[] = []
  const module = createOpenBridgeModule(async (method, params) => {
    asked.push([method, params])
    return answer(method, params)
  })
  return { asked, call: (name, ...args) => (module[name] as Call)(...args) }
}

test('each of the reference’s functions asks the server for its like', async () => {
  const { call, asked } = moduleOn((method) => (method.startsWith('get') ? { value: 1 } : null))
  for (const kind of ['AccessToken', 'UserAccessToken', 'SessionKey', 'EncryptKey', 'Ticket']) {
    assert.deepEqual(await call(`get${kind}`, key), { value: 1 })
    assert.equal(await call(`set${kind}`, key, { a: 1 }, 60), undefined)
    assert.equal(await call(`remove${kind}`, key), undefined)
    assert.deepEqual(asked.splice(0), [
      [`get${kind}`, { key }],
      [`set${kind}`, { key, value: { a: 1 }, expiresIn: 60 }],
      [`remove${kind}`, { key }],
    ])
  }
  for (const kind of ['AccessToken', 'EncryptKey', 'Ticket']) await call(`update${kind}`, key)
  assert.deepEqual(asked, [
    ['updateAccessToken', { key }],
    ['updateEncryptKey', { key }],
    ['updateTicket', { key }],
  ])
})

test('a caller’s fallback runs only on a miss, and what it gives is kept as long as it says', async () => {
  const hit = moduleOn(() => ({ session_key: 's' }))
  const never = (): never => assert.fail('ran')
  assert.deepEqual(await hit.call('getSessionKey', key, never), { session_key: 's' })
  assert.deepEqual(hit.asked, [['getSessionKey', { key, storedOnly: true }]])

  const miss = moduleOn(() => null)
  const fallback = async (asked: unknown): Promise<unknown> => {
    assert.deepEqual(asked, { ...key, provider: 'weixin-mp' })
    return { value: { session_key: 'f' }, duration: 30 }
  }
  assert.deepEqual(await miss.call('getSessionKey', key, fallback), { session_key: 'f' })
  assert.deepEqual(miss.asked[1], ['setSessionKey', { key, value: { session_key: 'f' }, expiresIn: 30 }])
  assert.equal(await miss.call('getSessionKey', key, async () => ({ value: null, duration: 30 })), null)
  assert.deepEqual(await miss.call('getSessionKey', key, async () => ({ value: { a: 1 } })), { a: 1 })
  assert.equal(miss.asked.length, 4)
  await assert.rejects(
    miss.call('getSessionKey', key, async () => ({ value: {}, duration: 0 })),
    /Invalid duration/,
  )
  await assert.rejects(
    miss.call('getSessionKey', key, async () => undefined),
    /Invalid value type/,
  )
})

const refusals: readonly (readonly [code: string, detail: object, message: string, as: unknown])[] = [
  ['APP_UNKNOWN', {}, 'appid or provider invalid', 'UNI_OPEN_BRIDGE_SYSTEM_ERROR'],
  ['CREDENTIAL_NOT_FETCHABLE', {}, 'provider invalid', 'UNI_OPEN_BRIDGE_SYSTEM_ERROR'],
  ['KEY_VERSION_INVALID', {}, 'key version invalid', 'UNI_OPEN_BRIDGE_SYSTEM_ERROR'],
  ['CREDENTIAL_KEY_INVALID', { field: 'openid' }, 'Invalid openid', undefined],
  ['DURATION_INVALID', {}, 'Invalid duration', undefined],
  ['UPSTREAM_FAILED', { errcode: 40013, errmsg: 'invalid appid' }, 'invalid appid', 40013],
  ['UPSTREAM_FAILED', { status: 502 }, '502', 502],
  ['STORE_UNAVAILABLE', {}, 'as the server says', 'STORE_UNAVAILABLE'],
]

for (const [code, detail, message, as] of refusals)
  test(`${code} ${JSON.stringify(detail)} is told in the reference’s words: ${message}`, async () => {
    const { call } = moduleOn(() => {
      throw new AskError(code, 'as the server says', detail)
    })
    await assert.rejects(call('getAccessToken', key), { name: 'BridgeError', message, code: as, errCode: as })
  })

test('values that the reference refuses are refused', async () => {
  const { call, asked } = moduleOn(() => null)
  await assert.rejects(call('setAccessToken', key), { message: 'Invalid Value' })
  await assert.rejects(call('setAccessToken', key, 'text'), { message: 'Invalid Value Type' })
  await assert.rejects(call('setAccessToken', key, {}, '60'), { message: 'Invalid duration' })
  await assert.rejects(call('getSessionKey', { ...key, openid: 7 }), { message: 'Invalid openid' })
  await assert.rejects(call('getEncryptKey', { ...key, version: '1' }), { message: 'Invalid version' })
  await assert.rejects(call('getAccessToken'), { message: 'Invalid key' })
  assert.deepEqual(asked, [])
})

test('of a key the server is told what belongs to it', async () => {
  const { call, asked } = moduleOn(() => null)
  await call('getEncryptKey', { ...key, openid: 'o', version: 3, appid: 'wx', mine: 1 })
  await call('setEncryptKey', { ...key, openid: 'o', version: 3 }, { a: 1 }, null)
  assert.deepEqual(asked, [
    ['getEncryptKey', { key: { ...key, openid: 'o', version: 3 } }],
    ['setEncryptKey', { key: { ...key, openid: 'o', version: 3 }, value: { a: 1 }, expiresIn: 0 }],
  ])
})

test('a function requires it by name', async () => {
  await using worker = await startWorkerFixture(
    {
      'f/index.js': `const { getAccessToken, PlatformType, ErrorCodeType } = require('uni-open-bridge-common')
        exports.main = async () => [await getAccessToken({ platform: PlatformType.WEIXIN_MP }), ErrorCodeType.SYSTEM_ERROR]`,
    },
    { answer: (service, method, params) => ({ service, method, params }) },
  )
  const params = { key: { platform: 'weixin-mp' } }
  assert.deepEqual((await worker.call('f')).value, [
    { service: 'openBridge', method: 'getAccessToken', params },
    'UNI_OPEN_BRIDGE_SYSTEM_ERROR',
  ])
})
