import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, simulatorUnderTest } from '../simulator-under-test-fixture.ts'

const qq = { appid: APPIDS.qqMp, secret: '6'.repeat(32) }
const credential = { ...qq, grant_type: 'client_credential' }

describe('QQ', () => {
  test('getToken mints on every call, with errcode 0, and leaves the one before five minutes', async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const { tokens, clock } = simulator.control
    const first = await get('/api/getToken', credential)
    assert.deepEqual(Object.keys(first.body), ['access_token', 'expires_in', 'errcode', 'errmsg'])
    assert.equal(first.body['errcode'], 0)
    await get('/api.q.qq.com/api/getToken', credential)
    clock.advance(299_999)
    assert.equal(tokens.isLive(String(first.body['access_token'])), true)
    clock.advance(1)
    assert.equal(tokens.isLive(String(first.body['access_token'])), false)
    assert.deepEqual((await get('/api/getToken', { ...credential, appid: APPIDS.mp })).body, {
      errcode: 40013,
      errmsg: 'invalid appid',
    })
    assert.equal((await get('/api/getToken', { ...credential, grant_type: '' })).body['errcode'], 40002)
    const connect = { ...credential, appid: APPIDS.qqApp, secret: '7'.repeat(32) }
    assert.equal((await get('/api/getToken', connect)).body['errcode'], 0)
  })

  test("jscode2session is chosen by the app's type, or by the host when one is named", async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const ask = (path: string, query: Record<string, string>): ReturnType<typeof get> =>
      get(path, { ...query, grant_type: 'authorization_code' })
    const code = (): string => simulator.control.codes.login({ appid: qq.appid })
    for (const path of ['/sns/jscode2session', '/api.q.qq.com/sns/jscode2session']) {
      const { body } = await ask(path, { ...qq, js_code: code() })
      assert.deepEqual([body['errcode'], body['errmsg']], [0, 'ok'])
      assert.match(String(body['openid']), /^[0-9A-F]{32}$/)
    }
    assert.equal(
      (await ask('/api.weixin.qq.com/sns/jscode2session', { ...qq, js_code: code() })).body['errcode'],
      40013,
    )
    const spent = code()
    await ask('/sns/jscode2session', { ...qq, js_code: spent })
    assert.deepEqual((await ask('/sns/jscode2session', { ...qq, js_code: spent })).body, {
      errcode: 40163,
      errmsg: 'code been used',
    })
  })

  test('me is JSONP unless JSON is asked for, and names the app that the token belongs to', async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const { control } = simulator
    const access_token = control.codes.qqConnectToken({ appid: APPIDS.qqApp })
    const { openid, unionid } = control.member({ appid: APPIDS.qqApp })
    const path = '/graph.qq.com/oauth2.0/me'
    assert.equal(
      (await get(path, { access_token })).text,
      `callback( {"client_id":"${APPIDS.qqApp}","openid":"${openid}"} );\n`,
    )
    const json = await get('/oauth2.0/me', { access_token, fmt: 'json', unionid: '1' })
    assert.deepEqual(json.body, { client_id: APPIDS.qqApp, openid, unionid })
    control.apps.change(APPIDS.qqApp, { openPlatformId: null })
    assert.equal((await get(path, { access_token, fmt: 'json', unionid: '1' })).body['error'], 100048)
    const rejected = 'callback( {"error":100016,"error_description":"access token check failed"} );\n'
    assert.equal((await get(path, { access_token: 'x' })).text, rejected)
    control.clock.advance(7_776_000_000)
    assert.equal((await get(path, { access_token })).text, rejected)
  })
})

test('one port stands for all hosts: by prefix, by Host header and as a plain HTTP proxy', async (t) => {
  const { get, url, simulator } = await simulatorUnderTest(t)
  const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
  for (const host of ['api.weixin.qq.com', 'api2.weixin.qq.com', 'sh.api.weixin.qq.com']) {
    assert.ok('access_token' in (await get(`/${host}/cgi-bin/token`, mp)).body)
  }
  assert.equal((await get('/graph.qq.com/cgi-bin/token', mp)).status, 404)
  const { request } = await import('node:http')
  const { port } = new URL(url)
  const proxied = await new Promise<string>((resolve, reject) => {
    const path = `http://api.q.qq.com/api/getToken?${new URLSearchParams(credential).toString()}`
    const asked = request({ host: '127.0.0.1', port, path, headers: { host: 'api.q.qq.com' } }, (answer) => {
      answer.setEncoding('utf8').on('data', resolve)
    })
    asked.on('error', reject).end()
  })
  assert.match(proxied, /"errcode":0/)
  assert.equal(simulator.control.calls.last({ path: '/api/getToken' })?.host, 'api.q.qq.com')
})
