import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
const oa = { grant_type: 'client_credential', appid: APPIDS.oa, secret: '2'.repeat(32) }
const RID = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}'

describe('cgi-bin/token and cgi-bin/stable_token', () => {
  test('success carries no errcode, and a token of at least 512 characters', async (t) => {
    const { get, post } = await simulatorUnderTest(t)
    for (const answer of [await get('/cgi-bin/token', mp), await post('/cgi-bin/stable_token', {}, mp)]) {
      assert.equal(answer.status, 200)
      assert.equal(answer.contentType, 'application/json; encoding=utf-8')
      assert.deepEqual(Object.keys(answer.body), ['access_token', 'expires_in'])
      assert.equal(answer.body['expires_in'], 7200)
      assert.match(String(answer.body['access_token']), /^[0-9]{2}_[\w-]{509}$/)
    }
  })

  test('every wrong field has its own errcode, under HTTP 200', async (t) => {
    const { get, post } = await simulatorUnderTest(t)
    const wrong: readonly (readonly [Record<string, unknown>, number, string])[] = [
      [{ ...mp, grant_type: 'x' }, 40002, 'invalid grant_type'],
      [{ grant_type: mp.grant_type, secret: mp.secret }, 41002, 'appid missing'],
      [{ grant_type: mp.grant_type, appid: mp.appid }, 41004, 'appsecret missing'],
      [{ ...mp, appid: 'wx0000000000000000' }, 40013, 'invalid appid'],
      [{ ...mp, appid: mp.appid.toUpperCase() }, 40013, 'invalid appid'],
      [{ ...mp, appid: APPIDS.qqMp }, 40013, 'invalid appid'],
      [{ ...mp, secret: 'wrong' }, 40125, 'invalid appsecret'],
    ]
    for (const [fields, errcode, errmsg] of wrong) {
      const answers = [
        await get('/cgi-bin/token', fields as Record<string, string>),
        await post('/cgi-bin/stable_token', {}, fields),
      ]
      for (const answer of answers) {
        assert.equal(answer.status, 200)
        assert.equal(answer.body['errcode'], errcode)
        assert.match(String(answer.body['errmsg']), new RegExp(`^${errmsg} rid: ${RID}$`))
      }
    }
  })

  test("the rid begins with the platform's time in seconds", async (t) => {
    const { get } = await simulatorUnderTest(t)
    const { body } = await get('/cgi-bin/token', { ...mp, secret: 'wrong' })
    assert.equal(parseInt(/rid: ([0-9a-f]{8})-/.exec(String(body['errmsg']))?.[1] ?? '', 16) * 1000, START)
  })

  test('stable_token takes JSON by POST only', async (t) => {
    const { get, post } = await simulatorUnderTest(t)
    assert.equal((await get('/cgi-bin/stable_token', mp)).body['errcode'], 43002)
    assert.equal((await post('/cgi-bin/stable_token', mp)).body['errcode'], 44002)
    assert.equal((await post('/cgi-bin/stable_token', {}, new URLSearchParams(mp).toString())).body['errcode'], 47001)
    assert.equal((await post('/cgi-bin/stable_token', {}, '[]')).body['errcode'], 47001)
  })

  test('the body is read by its content, whatever type it is said to have', async (t) => {
    const { url } = await simulatorUnderTest(t)
    for (const type of ['text/plain', 'foo', 'application/x-www-form-urlencoded']) {
      const init = { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(mp) }
      const answer = (await (await fetch(`${url}/cgi-bin/stable_token`, init)).json()) as object
      assert.ok('access_token' in answer)
    }
  })

  test('token and getticket read a posted form like the query, which comes first', async (t) => {
    const { url, simulator, token } = await simulatorUnderTest(t)
    const post = async (path: string, fields: Record<string, string>, type?: string) => {
      const headers = { 'content-type': type ?? 'application/x-www-form-urlencoded; charset=utf-8' }
      const body = new URLSearchParams(fields).toString()
      const answer = await fetch(url + path, { method: 'POST', headers, body })
      return (await answer.json()) as Readonly<Record<string, unknown>>
    }
    assert.ok('access_token' in (await post('/cgi-bin/token', oa)))
    assert.equal((await post('/cgi-bin/token', { ...oa, secret: 'wrong' })).errcode, 40125)
    assert.equal((await post('/cgi-bin/token?secret=wrong', oa)).errcode, 40125)
    assert.equal((await post('/cgi-bin/token', oa, 'text/plain')).errcode, 40002)
    const access_token = await token(APPIDS.oa)
    const { errcode, ticket } = await post('/cgi-bin/ticket/getticket?type=jsapi', { access_token })
    assert.deepEqual([errcode, typeof ticket], [0, 'string'])
    assert.equal((await post('/cgi-bin/stable_token', oa)).errcode, 47001)
    const [first] = simulator.control.calls.list()
    assert.deepEqual([first?.appid, first?.query, first?.body], [APPIDS.oa, {}, new URLSearchParams(oa).toString()])
  })

  test('what the console switches off is refused', async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const { apps } = simulator.control
    const states = [
      [{ secretFrozen: true }, 40243],
      [{ frozen: true }, 50007],
      [{ tokenApiForbidden: true }, 50004],
    ] as const
    for (const [patch, errcode] of states) {
      apps.change(APPIDS.mp, patch)
      assert.equal((await get('/cgi-bin/token', mp)).body['errcode'], errcode)
      apps.change(APPIDS.mp, { secretFrozen: false, frozen: false, tokenApiForbidden: false })
    }
    const secret = apps.resetSecret(APPIDS.mp)
    assert.equal((await get('/cgi-bin/token', mp)).body['errcode'], 40125)
    assert.ok('access_token' in (await get('/cgi-bin/token', { ...mp, secret })).body)
  })

  test('an address outside the list is named in the refusal, and a listed one passes', async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const { apps } = simulator.control
    assert.ok('access_token' in (await get('/cgi-bin/token', oa)).body)
    apps.change(APPIDS.oa, { ipWhitelist: ['10.0.0.1'] })
    const refused = await get('/cgi-bin/token', oa)
    assert.equal(refused.body['errcode'], 40164)
    assert.match(
      String(refused.body['errmsg']),
      /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /,
    )
    for (const entry of ['127.0.0.1', '127.0.0.0/8']) {
      apps.change(APPIDS.oa, { ipWhitelist: [entry] })
      assert.ok('access_token' in (await get('/cgi-bin/token', oa)).body)
    }
    apps.change(APPIDS.mp, { ipWhitelist: ['10.0.0.0/8'] })
    assert.equal((await get('/cgi-bin/token', mp)).body['errcode'], 40164)
  })

  test('an address that the administrator has yet to confirm waits, and a refused one waits longer', async (t) => {
    const { get, simulator } = await simulatorUnderTest(t)
    const { apps, clock } = simulator.control
    const answer = async (): Promise<unknown> => (await get('/cgi-bin/token', mp)).body['errcode']
    apps.change(APPIDS.mp, { riskIps: { '127.0.0.1': { state: 'pending', until: START + 60_000 } } })
    assert.equal(await answer(), 89503)
    clock.advance(60_000)
    assert.equal(await answer(), undefined)
    const until = clock.now() + 3_600_000
    apps.change(APPIDS.mp, { riskIps: { '127.0.0.1': { state: 'refused', until, errcode: 89507 } } })
    assert.equal(await answer(), 89507)
    clock.advance(3_600_000)
    assert.equal(await answer(), undefined)
  })
})

describe('the check of an access_token', () => {
  test("nothing is 41001, rubbish 40014, an unknown one 40001, another type's API 48001", async (t) => {
    const { get, simulator, token } = await simulatorUnderTest(t)
    const ask = async (query: Record<string, string>): Promise<unknown> =>
      (await get('/cgi-bin/ticket/getticket', { type: 'jsapi', ...query })).body['errcode']
    assert.equal(await ask({}), 41001)
    assert.equal(await ask({ access_token: 'rubbish' }), 40014)
    assert.equal(await ask({ access_token: `${'x'.repeat(60)}!` }), 40014)
    assert.equal(await ask({ access_token: 'x'.repeat(512) }), 40001)
    assert.equal(await ask({ access_token: await token(APPIDS.mp) }), 48001)
    const good = await token(APPIDS.oa)
    assert.equal(await ask({ access_token: good }), 0)
    simulator.control.apps.change(APPIDS.oa, { unauthorizedPaths: ['/cgi-bin/ticket/getticket'] })
    assert.equal(await ask({ access_token: good }), 48001)
  })

  test('a revoked token is 40001, and stable_token may go on serving it until it is forced', async (t) => {
    const { simulator, post, token } = await simulatorUnderTest(t)
    const { tokens, clock } = simulator.control
    const first = await token()
    tokens.revoke({ appid: APPIDS.mp, keepServing: true })
    assert.equal(await token(), first)
    assert.equal(tokens.isLive(first), false)
    const forced = await post('/cgi-bin/stable_token', {}, { ...mp, force_refresh: true })
    assert.equal(tokens.isLive(String(forced.body['access_token'])), true)
    clock.advance(1000)
    tokens.revoke({ appid: APPIDS.mp })
    assert.notEqual(await token(), forced.body['access_token'])
  })
})

describe('getticket', () => {
  test('repeats one ticket of 86 characters per type until its end, with errcode 0', async (t) => {
    const { get, token, simulator } = await simulatorUnderTest(t)
    const access_token = await token(APPIDS.oa)
    const ask = async (type: string): Promise<Readonly<Record<string, unknown>>> =>
      (await get('/cgi-bin/ticket/getticket', { access_token, type })).body
    const first = await ask('jsapi')
    assert.deepEqual(Object.keys(first), ['errcode', 'errmsg', 'ticket', 'expires_in'])
    assert.match(String(first['ticket']), /^[\w-]{86}$/)
    simulator.control.clock.advance(1_000_000)
    assert.deepEqual(await ask('jsapi'), { ...first, expires_in: 6200 })
    assert.notEqual((await ask('wx_card'))['ticket'], first['ticket'])
    assert.equal((await ask('nonsense'))['errcode'], 40097)
  })

  test('a page signed with it passes wx.config, and with another ticket does not', async (t) => {
    const { get, token, simulator } = await simulatorUnderTest(t)
    const { ticket } = (await get('/cgi-bin/ticket/getticket', { access_token: await token(APPIDS.oa), type: 'jsapi' }))
      .body
    const { jssdkSignature } = await import('../crypto/jssdk-signature.ts')
    const page = { nonceStr: 'Wm3WZYTPz0wzccnW', timestamp: 1_414_587_457, url: 'http://mp.weixin.qq.com?params=value' }
    const { jssdk } = simulator.control
    const check = (signed: string): string =>
      jssdk.checkConfig({ appid: APPIDS.oa, ...page, signature: jssdkSignature({ ...page, ticket: signed }) })
    assert.equal(check(String(ticket)), 'config:ok')
    assert.equal(check('another'), 'config:invalid signature')
  })
})

describe('quota', () => {
  test('quota/get tells limit, used and left, and knows which paths it may tell of', async (t) => {
    const { get, post, token } = await simulatorUnderTest(t)
    const access_token = await token(APPIDS.oa)
    for (let n = 0; n < 3; n += 1) await get('/cgi-bin/token', oa)
    const ask = async (cgi_path: string): Promise<Readonly<Record<string, unknown>>> =>
      (await post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path })).body
    assert.deepEqual(await ask('/cgi-bin/token'), {
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: 2000, used: 3, remain: 1997 },
    })
    assert.deepEqual((await ask('/cgi-bin/stable_token'))['rate_limit'], { call_count: 10_000, refresh_second: 60 })
    assert.equal((await ask('cgi-bin/token'))['errcode'], 76021)
    assert.equal((await ask('/cgi-bin/nothing'))['errcode'], 76021)
    assert.equal((await ask('/sns/userinfo'))['errcode'], 76022)
    assert.equal((await get('/cgi-bin/openapi/quota/get', { access_token })).body['errcode'], 43002)
  })

  test('clear_quota begins all daily quotas again, for its own appid alone', async (t) => {
    const { get, post, token } = await simulatorUnderTest(t, { limits: { tokenDaily: 1 } })
    const access_token = await token(APPIDS.oa)
    await get('/cgi-bin/token', oa)
    assert.equal((await get('/cgi-bin/token', oa)).body['errcode'], 45009)
    assert.equal((await post('/cgi-bin/clear_quota', { access_token }, { appid: APPIDS.mp })).body['errcode'], 40013)
    assert.deepEqual((await post('/cgi-bin/clear_quota', { access_token }, { appid: APPIDS.oa })).body, {
      errcode: 0,
      errmsg: 'ok',
    })
    assert.ok('access_token' in (await get('/cgi-bin/token', oa)).body)
    const bySecret = { appid: APPIDS.oa, appsecret: oa.secret }
    assert.equal((await post('/cgi-bin/clear_quota/v2', bySecret)).body['errcode'], 0)
    assert.ok('access_token' in (await get('/cgi-bin/token', oa)).body)
    assert.equal((await post('/cgi-bin/clear_quota/v2', {}, bySecret)).body['errcode'], 0)
    await get('/cgi-bin/token', oa)
    const path = { cgi_path: '/cgi-bin/token' }
    assert.equal((await post('/cgi-bin/openapi/quota/clear', { access_token }, path)).body['errcode'], 0)
    assert.ok('access_token' in (await get('/cgi-bin/token', oa)).body)
  })
})

test('unknown paths are 40066 below the API prefixes and a bare 404 elsewhere', async (t) => {
  const { get } = await simulatorUnderTest(t)
  for (const path of ['/cgi-bin/nothing', '/wxa/nothing', '/api.weixin.qq.com/cgi-bin/constructor']) {
    const answer = await get(path)
    assert.deepEqual([answer.status, answer.body['errcode']], [200, 40066])
  }
  assert.match(String((await get('/sns/nothing')).body['errmsg']), /^invalid url, rid: /)
  assert.equal((await get('/nothing')).status, 404)
  assert.equal((await get('/')).status, 404)
})
