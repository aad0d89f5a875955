import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { SimulatorOptions } from '../simulator.ts'
import { answerControl } from './answer-control.ts'
import { controlRoutes } from './control-routes.ts'

type Json = Readonly<Record<string, unknown>>

interface Asked {
  readonly status: number
  readonly json: Json & readonly Json[]
}

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }

async function remote(t: Parameters<typeof simulatorUnderTest>[0], options: SimulatorOptions = {}) {
  const caller = await simulatorUnderTest(t, options)
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Asked> => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await fetch(`${caller.url}/_simulator${path}`, { method, headers, ...init })
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    return { status: answer.status, json: (await answer.json()) as Asked['json'] }
  }
  return { ...caller, ask }
}

describe('the control URL', () => {
  test('lists its routes', async (t) => {
    const { ask } = await remote(t)
    const { json } = await ask('GET', '/')
    assert.equal(json.length, controlRoutes.length)
    assert.ok(json.some((route) => route['path'] === '/failures' && route['method'] === 'POST'))
    assert.equal((await ask('GET', '')).json.length, controlRoutes.length)
  })

  test('reads and moves the clock', async (t) => {
    const { ask } = await remote(t)
    assert.deepEqual((await ask('GET', '/clock')).json, { now: START, iso: '2026-01-01T00:00:00.000Z', running: false })
    assert.equal((await ask('POST', '/clock', { advanceMs: 500 })).json['now'], START + 500)
    assert.equal((await ask('POST', '/clock', { at: 1_000 })).json['now'], 1_000)
    assert.equal((await ask('POST', '/clock', { running: true })).json['running'], true)
    assert.equal((await ask('POST', '/clock', { running: false })).json['running'], false)
    assert.equal((await ask('POST', '/clock', { advanceMs: 'x' })).status, 400)
  })

  test('adds, changes and removes apps and users', async (t) => {
    const { ask, get } = await remote(t)
    const added = await ask('POST', '/apps', { appid: 'wx7777777777777777', type: 'oa' })
    assert.match(String(added.json['secret']), /^[0-9a-f]{32}$/)
    const reset = await ask('POST', '/apps/wx7777777777777777/reset-secret')
    assert.notEqual(reset.json['secret'], added.json['secret'])
    assert.equal((await ask('GET', '/apps/wx7777777777777777')).json['secret'], reset.json['secret'])
    await ask('PATCH', `/apps/${APPIDS.mp}`, { secretFrozen: true })
    assert.equal((await get('/cgi-bin/token', mp)).body['errcode'], 40243)
    assert.equal((await ask('GET', '/apps')).json.length, 8)
    await ask('DELETE', '/apps/wx7777777777777777')
    assert.equal((await ask('GET', '/apps/wx7777777777777777')).status, 404)
    assert.equal((await ask('PATCH', `/apps/${APPIDS.mp}`, { nonsense: 1 })).json['error'] !== undefined, true)
    assert.equal((await ask('POST', '/apps', { type: 'mp' })).status, 400)
    assert.equal((await ask('POST', '/apps', { appid: 'x', type: 'unknown' })).status, 400)
    assert.equal((await ask('POST', '/users', { id: 'carol', phoneNumber: '13900000000' })).json['id'], 'carol')
    assert.equal((await ask('POST', '/users', { id: 'carol' })).status, 400)
    assert.equal((await ask('PATCH', '/users/carol', { highRisk: true })).json['highRisk'], true)
    assert.equal((await ask('GET', '/users')).json.length, 3)
    assert.match(String((await ask('POST', '/members', { appid: APPIDS.mp, user: 'carol' })).json['openid']), /^o/)
  })

  test('hands out codes and keys that the platform then honours', async (t) => {
    const { ask, get, post, token, signed } = await remote(t)
    const who = { appid: APPIDS.mp, user: 'bob' }
    const { json } = await ask('POST', '/codes/login', who)
    const query = { ...mp, js_code: String(json['code']), grant_type: 'authorization_code' }
    const session = (await get('/sns/jscode2session', query)).body as { openid: string; session_key: string }
    const access_token = await token()
    const { code } = (await ask('POST', '/codes/phone', { appid: APPIDS.mp, openid: session.openid })).json
    const phone = await post('/wxa/business/getuserphonenumber', { access_token }, { code })
    assert.equal((phone.body['phone_info'] as Json)['phoneNumber'], '13800000002')
    assert.equal((await ask('POST', '/user-keys/latest', who)).json['version'], 1)
    assert.equal((await ask('POST', '/user-keys/push', { ...who, version: 7 })).json['version'], 7)
    const keys = await get('/wxa/business/getuserencryptkey', signed(access_token, session))
    assert.deepEqual(
      (keys.body['key_info_list'] as Json[]).map((key) => key['version']),
      [7, 1],
    )
    await ask('POST', '/user-keys/forget', who)
    assert.equal((await get('/wxa/business/getuserencryptkey', signed(access_token, session))).body['errcode'], 87007)
    const rotated = (await ask('POST', '/sessions/rotate', who)).json['session_key']
    assert.equal((await get('/wxa/checksession', signed(access_token, session))).body['errcode'], 87009)
    const renewed = { ...session, session_key: String(rotated) }
    assert.equal((await get('/wxa/checksession', signed(access_token, renewed))).body['errcode'], 0)
    await ask('POST', '/sessions/end', who)
    assert.equal((await get('/wxa/checksession', signed(access_token, renewed))).body['errcode'], 87007)
    assert.ok('encryptedData' in (await ask('POST', '/codes/encrypted-phone', who)).json)
    const oauth = await ask('POST', '/codes/oauth', { appid: APPIDS.oa, scope: 'snsapi_base' })
    const exchange = {
      appid: APPIDS.oa,
      secret: '2'.repeat(32),
      code: String(oauth.json['code']),
      grant_type: 'authorization_code',
    }
    const grant = (await get('/sns/oauth2/access_token', exchange)).body
    assert.equal(grant['scope'], 'snsapi_base')
    await ask('POST', '/oauth/revoke', { appid: APPIDS.oa })
    const refreshed = { appid: APPIDS.oa, grant_type: 'refresh_token', refresh_token: String(grant['refresh_token']) }
    assert.equal((await get('/sns/oauth2/refresh_token', refreshed)).body['errcode'], 42007)
    assert.equal((await ask('POST', '/codes/oauth', { appid: APPIDS.oa, scope: 'x' })).status, 400)
    const connect = (await ask('POST', '/codes/qq-connect', { appid: APPIDS.qqApp })).json['access_token']
    assert.match((await get('/oauth2.0/me', { access_token: String(connect) })).text, /^callback\( \{"client_id"/)
  })

  test('revokes tokens and tickets, and shows what was handed out', async (t) => {
    const { ask, token, get } = await remote(t)
    const first = await token()
    const shown = async (): Promise<Json> => (await ask('GET', `/state/${APPIDS.mp}?user=alice`)).json
    assert.equal(((await shown())['stable'] as { current: Json }).current['value'], first)
    await ask('POST', '/tokens/revoke', { appid: APPIDS.mp, family: 'stable' })
    assert.notEqual(await token(), first)
    assert.equal((await ask('POST', '/tokens/revoke', { appid: APPIDS.mp, family: 'x' })).status, 400)
    const query = { access_token: await token(APPIDS.oa), type: 'jsapi' }
    const ticket = (await get('/cgi-bin/ticket/getticket', query)).body['ticket']
    await ask('POST', '/tickets/revoke', { appid: APPIDS.oa })
    assert.notEqual((await get('/cgi-bin/ticket/getticket', query)).body['ticket'], ticket)
    assert.equal((await ask('GET', '/state/unknown')).status, 404)
    assert.equal((await ask('GET', `/state/${APPIDS.mp}?openid=unknown`)).status, 404)
  })

  test('injects and removes failures', async (t) => {
    const { ask, get } = await remote(t)
    const { json } = await ask('POST', '/failures', { kind: 'system-busy', path: '/cgi-bin/token' })
    assert.equal((await get('/cgi-bin/token', mp)).body['errcode'], -1)
    const listed = (await ask('GET', '/failures')).json
    assert.deepEqual(
      (listed['failures'] as Json[]).map((failure) => failure['id']),
      [json['id']],
    )
    assert.ok('stall' in (listed['kinds'] as Json))
    assert.deepEqual((await ask('DELETE', `/failures/${String(json['id'])}`)).json, { removed: true })
    assert.ok('access_token' in (await get('/cgi-bin/token', mp)).body)
    await ask('POST', '/failures', { kind: 'system-busy' })
    await ask('DELETE', '/failures')
    assert.ok('access_token' in (await get('/cgi-bin/token', mp)).body)
    assert.equal((await ask('POST', '/failures', { kind: 'unheard-of' })).status, 400)
  })

  test('tells what was called, and forgets it', async (t) => {
    const { ask, get, post } = await remote(t)
    await get('/cgi-bin/token', { ...mp, secret: 'x' })
    await post('/cgi-bin/stable_token', {}, mp)
    assert.equal((await ask('GET', '/calls/count?path=/cgi-bin/token')).json['count'], 1)
    assert.equal((await ask('GET', `/calls/count?appid=${APPIDS.mp}`)).json['count'], 2)
    assert.equal((await ask('GET', '/calls/count?errcode=40125')).json['count'], 1)
    assert.equal((await ask('GET', '/calls/last?path=cgi-bin/stable_token')).json['body'], JSON.stringify(mp))
    assert.equal((await ask('GET', '/calls/last?path=/nothing')).json, null)
    assert.equal((await ask('GET', '/calls?limit=1')).json.length, 1)
    assert.equal((await ask('GET', '/calls?limit=x')).status, 400)
    assert.equal((await ask('GET', '/calls/counts')).json.length, 2)
    await ask('DELETE', '/calls')
    assert.equal((await ask('GET', '/calls/count')).json['count'], 0)
  })

  test('shows and sets switches and limits', async (t) => {
    const { ask, get } = await remote(t)
    const { json } = await ask('GET', '/switches')
    assert.equal((json['codeReplayErrcode'] as Json)['position'], 40163)
    await ask('POST', '/switches', { wrongSecretErrcode: 40001 })
    assert.equal((await get('/cgi-bin/token', { ...mp, secret: 'x' })).body['errcode'], 40001)
    await ask('DELETE', '/switches')
    assert.equal((await get('/cgi-bin/token', { ...mp, secret: 'x' })).body['errcode'], 40125)
    assert.equal((await ask('POST', '/switches', { nothing: 1 })).status, 400)
    await ask('POST', '/limits', { stableTokenMinute: 0 })
    assert.equal((await ask('POST', '/limits', { nothing: 1 })).status, 400)
  })

  test('pushes messages and checks callback addresses', async (t) => {
    const { ask } = await remote(t)
    const { receiver } = await import('../callbacks/receiver-fixture.ts')
    const server = await receiver(() => 'success')
    t.after(() => server.close())
    assert.equal((await ask('POST', '/callbacks/verify', { appid: APPIDS.mp })).status, 400)
    await ask('PATCH', `/apps/${APPIDS.mp}`, {
      callback: { url: server.url, token: 'A', mode: 'clear', format: 'json' },
    })
    assert.deepEqual((await ask('POST', '/callbacks/verify', { appid: APPIDS.mp })).json, { ok: false })
    const pushed = await ask('POST', '/callbacks/push', { appid: APPIDS.mp, message: { MsgType: 'event' } })
    assert.equal(pushed.json[0]?.['accepted'], true)
    assert.equal((await ask('POST', '/callbacks/push', { appid: APPIDS.mp, message: 'x' })).status, 400)
  })

  test('refuses what it does not know and what is not JSON, and counts none of it as calls', async (t) => {
    const { ask, simulator } = await remote(t)
    assert.deepEqual((await ask('GET', '/nothing')).status, 404)
    assert.equal((await ask('PUT', '/clock')).status, 404)
    assert.equal((await ask('POST', '/clock', 'nonsense')).status, 400)
    assert.equal((await ask('POST', '/clock', '[]')).status, 400)
    assert.equal(simulator.control.calls.count(), 0)
  })

  test('is closed to other machines and to web pages, unless told otherwise', async (t) => {
    const { ask, simulator } = await remote(t)
    assert.equal((await ask('GET', '/clock', undefined, { origin: 'https://evil.example' })).status, 403)
    const raw = {
      method: 'GET',
      url: '/_simulator/clock',
      body: Buffer.alloc(0),
      headers: {},
      address: '203.0.113.7',
      isLoopback: false,
    }
    const from = async (controlFrom: 'loopback' | 'anywhere' | 'nowhere', isLoopback: boolean): Promise<number> =>
      (await answerControl({ ...raw, isLoopback }, { control: simulator.control, controlFrom })).status
    assert.deepEqual(
      await Promise.all([
        from('loopback', true),
        from('loopback', false),
        from('anywhere', false),
        from('nowhere', true),
      ]),
      [200, 403, 200, 403],
    )
  })
})
