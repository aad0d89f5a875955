import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { Caller } from '../simulator-under-test-fixture.ts'

type Body = Readonly<Record<string, unknown>>

const oa = { appid: APPIDS.oa, secret: '2'.repeat(32) }
const DAY_MS = 86_400_000

async function exchange(caller: Caller, code: string, app: Record<'appid' | 'secret', string> = oa): Promise<Body> {
  return (await caller.get('/sns/oauth2/access_token', { ...app, code, grant_type: 'authorization_code' })).body
}

async function refresh(caller: Caller, refresh_token: unknown, appid: string = oa.appid): Promise<Body> {
  const query = { appid, grant_type: 'refresh_token', refresh_token: String(refresh_token) }
  return (await caller.get('/sns/oauth2/refresh_token', query)).body
}

describe('web OAuth', () => {
  test('a code yields tokens once, without errcode, with unionid only beyond snsapi_base', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock } = caller.simulator.control
    const code = codes.oauth({ appid: oa.appid })
    const grant = await exchange(caller, code)
    assert.deepEqual(Object.keys(grant), ['access_token', 'expires_in', 'refresh_token', 'openid', 'scope', 'unionid'])
    assert.deepEqual([grant['expires_in'], grant['scope']], [7200, 'snsapi_userinfo'])
    assert.equal((await exchange(caller, code))['errcode'], 40163)
    const base = await exchange(caller, codes.oauth({ appid: oa.appid, scope: 'snsapi_base' }))
    assert.equal('unionid' in base, false)
    const late = codes.oauth({ appid: oa.appid })
    clock.advance(300_000)
    assert.equal((await exchange(caller, late))['errcode'], 40029)
    const web = { appid: APPIDS.web, secret: '3'.repeat(32) }
    assert.equal((await exchange(caller, codes.oauth({ appid: oa.appid }), web))['errcode'], 40029)
    assert.equal((await exchange(caller, ''))['errcode'], 41008)
  })

  test('a refresh keeps a live access token and replaces a dead one; the refresh token ends after thirty days', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock } = caller.simulator.control
    const grant = await exchange(caller, codes.oauth({ appid: oa.appid }))
    clock.advance(7_000_000)
    const kept = await refresh(caller, grant['refresh_token'])
    assert.deepEqual([kept['access_token'], kept['expires_in']], [grant['access_token'], 7200])
    clock.advance(7_200_000)
    const replaced = await refresh(caller, grant['refresh_token'])
    assert.notEqual(replaced['access_token'], grant['access_token'])
    assert.equal(replaced['refresh_token'], grant['refresh_token'])
    assert.equal((await refresh(caller, 'nonsense'))['errcode'], 40030)
    assert.equal((await refresh(caller, grant['refresh_token'], APPIDS.web))['errcode'], 40030)
    clock.advance(30 * DAY_MS)
    assert.equal((await refresh(caller, grant['refresh_token']))['errcode'], 42002)
  })

  test('a user who takes the consent back ends both tokens', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, oauth } = caller.simulator.control
    const grant = await exchange(caller, codes.oauth({ appid: oa.appid }))
    oauth.revoke({ appid: oa.appid })
    assert.equal((await refresh(caller, grant['refresh_token']))['errcode'], 42007)
  })

  test('userinfo and auth look at the token, the openid and the scope', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock } = caller.simulator.control
    const grant = await exchange(caller, codes.oauth({ appid: oa.appid }))
    const [access_token, openid] = [String(grant['access_token']), String(grant['openid'])]
    const info = await caller.get('/sns/userinfo', { access_token, openid, lang: 'zh_CN' })
    assert.equal(info.contentType, 'text/plain')
    const { unionid, ...profile } = info.body
    assert.equal(unionid, grant['unionid'])
    assert.deepEqual([profile['nickname'], profile['sex'], profile['city'], profile['privilege']], ['Alice', 0, '', []])
    assert.deepEqual((await caller.get('/sns/auth', { access_token, openid })).body, { errcode: 0, errmsg: 'ok' })
    for (const path of ['/sns/userinfo', '/sns/auth']) {
      assert.equal((await caller.get(path, { access_token, openid: 'x' })).body['errcode'], 40003)
      assert.equal((await caller.get(path, { openid })).body['errcode'], 41001)
      assert.equal((await caller.get(path, { access_token: 'x', openid })).body['errcode'], 40014)
      assert.equal((await caller.get(path, { access_token: 'x'.repeat(128), openid })).body['errcode'], 40001)
    }
    assert.match(
      String((await caller.get('/sns/auth', { access_token, openid: 'x' })).body['errmsg']),
      /^invalid openid, rid: /,
    )
    const base = await exchange(caller, codes.oauth({ appid: oa.appid, scope: 'snsapi_base' }))
    const ofBase = { access_token: String(base['access_token']), openid }
    assert.equal((await caller.get('/sns/userinfo', ofBase)).body['errcode'], 48001)
    clock.advance(7_200_000)
    assert.equal((await caller.get('/sns/userinfo', { access_token, openid })).body['errcode'], 42001)
  })

  test("the snapshot page's virtual account says so", async (t) => {
    const caller = await simulatorUnderTest(t)
    caller.simulator.control.users.change('alice', { snapshot: true })
    const grant = await exchange(caller, caller.simulator.control.codes.oauth({ appid: oa.appid }))
    assert.equal(grant['is_snapshotuser'], 1)
  })
})
