import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import { secureApp } from './secure-app-fixture.ts'

const QUOTA = '/cgi-bin/openapi/quota/get'
const params = { cgi_path: '/cgi-bin/stable_token' }

describe('server-API security', () => {
  for (const cipher of ['AES256_GCM', 'SM4_GCM'] as const) {
    test(`${cipher}: a signed and encrypted call is answered signed and encrypted`, async (t) => {
      const caller = await simulatorUnderTest(t)
      const client = secureApp(caller, cipher)
      const answer = await client.ask(QUOTA, params)
      assert.deepEqual(Object.keys(answer.body), ['iv', 'data', 'authtag'])
      assert.equal(answer.headers.get('wechatmp-serial'), client.platformSerial)
      assert.equal(answer.headers.get('wechatmp-appid'), APPIDS.mp)
      assert.equal(client.isSigned(answer, 'wechatmp-signature'), true)
      const opened = client.open(answer)
      assert.equal(opened['_appid'], APPIDS.mp)
      assert.equal(opened['_timestamp'], Number(answer.headers.get('wechatmp-timestamp')))
      assert.deepEqual([opened['errcode'], 'quota' in opened], [0, true])
    })
  }

  test('an endpoint whose parameters are a query finds them in the body', async (t) => {
    const caller = await simulatorUnderTest(t)
    const session = await caller.login()
    caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
    const client = secureApp(caller)
    const { access_token: _, ...query } = caller.signed('', session)
    const answer = await client.ask('/wxa/business/getuserencryptkey', query)
    assert.equal((client.open(answer)['key_info_list'] as unknown[]).length, 1)
  })

  test('every way to be wrong has its errcode, in the clear', async (t) => {
    const caller = await simulatorUnderTest(t)
    const client = secureApp(caller)
    const errcode = async (change: Parameters<typeof client.ask>[2]): Promise<unknown> =>
      (await client.ask(QUOTA, params, change)).body['errcode']
    const now = Math.floor(caller.simulator.control.clock.now() / 1000)
    assert.equal(await errcode({ headers: { 'Wechatmp-AppId': undefined } }), 40233)
    assert.equal(await errcode({ headers: { 'Wechatmp-TimeStamp': undefined } }), 40231)
    assert.equal(await errcode({ headers: { 'Wechatmp-Signature': undefined } }), 40232)
    assert.equal(await errcode({ headers: { 'Wechatmp-AppId': APPIDS.oa } }), 40237)
    assert.equal(await errcode({ headers: { 'Wechatmp-Signature': 'AAAA' } }), 40234)
    assert.equal(await errcode({ headers: { 'Wechatmp-TimeStamp': String(now - 1) } }), 40234)
    assert.equal(await errcode({ aad: 'another' }), 40235)
    assert.equal(await errcode({ inner: { _appid: APPIDS.oa } }), 40235)
    assert.equal(await errcode({ inner: { _timestamp: now - 1 } }), 40235)
    assert.equal(await errcode({ timestamp: now - 301 }), 40240)
    assert.equal(await errcode({ timestamp: now - 300 }), undefined)
    const plain = await caller.post(QUOTA, { access_token: await caller.token() }, params)
    assert.equal(plain.body['errcode'], 40233)
  })

  test('during a change of certificates the former one signs too', async (t) => {
    const caller = await simulatorUnderTest(t)
    const client = secureApp(caller)
    const { apps } = caller.simulator.control
    const { apiSecurity } = apps.get(APPIDS.mp)
    assert.ok(apiSecurity)
    const deprecated = { serial: 'former', privateKey: apiSecurity.platformPrivateKey }
    apps.change(APPIDS.mp, { apiSecurity: { ...apiSecurity, deprecated } })
    const answer = await client.ask(QUOTA, params)
    assert.equal(answer.headers.get('wechatmp-serial-deprecated'), 'former')
    assert.equal(client.isSigned(answer, 'wechatmp-signature-deprecated'), true)
  })
})
