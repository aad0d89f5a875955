import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { Caller } from '../simulator-under-test-fixture.ts'
import { defaultLimits, limitTable, otherLimits } from './limit-table.ts'

const DAY_MS = 86_400_000
const oa = { grant_type: 'client_credential', appid: APPIDS.oa, secret: '2'.repeat(32) }
const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }

test('the numbers are those of the documentation', () => {
  assert.deepEqual(defaultLimits, {
    tokenDaily: 2_000,
    tokenDailySandbox: 200,
    stableTokenMinute: 10_000,
    stableTokenDaily: 500_000,
    resetSessionMinute: 60_000,
    oauthTokenMinute: 50_000,
    oauthRefreshMinute: 100_000,
    userinfoMinute: 50_000,
    code2SessionPerUserMinute: 100,
    clearQuotaMonthly: 10,
    clearQuotaByPathMonthly: 50,
    loginPerSecond: 4,
  })
  assert.equal(Object.keys(defaultLimits).length, Object.keys(limitTable).length + Object.keys(otherLimits).length)
})

describe('limits of an app', () => {
  /** Two calls pass under a limit of two, the third is refused, and a new window begins again. */
  async function holds(caller: Caller, call: () => Promise<unknown>, errcode: number, windowMs: number): Promise<void> {
    assert.deepEqual([await call(), await call(), await call()], [undefined, undefined, errcode])
    caller.simulator.control.clock.advance(windowMs)
    assert.equal(await call(), undefined)
  }

  test('cgi-bin/token of an official account: 45009 beyond the daily number, again from midnight in China', async (t) => {
    const caller = await simulatorUnderTest(t, { limits: { tokenDaily: 2 } })
    const call = async (): Promise<unknown> => (await caller.get('/cgi-bin/token', oa)).body['errcode']
    // It is eight in the morning in China: midnight comes sixteen hours later.
    await holds(caller, call, 45009, DAY_MS * (16 / 24))
    const other = async (): Promise<unknown> => (await caller.get('/cgi-bin/token', mp)).body['errcode']
    assert.deepEqual([await other(), await other(), await other()], [undefined, undefined, undefined])
  })

  test('a sandbox account has a number of its own', async (t) => {
    const caller = await simulatorUnderTest(t, { limits: { tokenDailySandbox: 2 } })
    caller.simulator.control.apps.change(APPIDS.oa, { sandbox: true })
    await holds(caller, async () => (await caller.get('/cgi-bin/token', oa)).body['errcode'], 45009, DAY_MS)
  })

  test('stable_token: 45011 beyond the number of a minute, 45009 beyond that of a day', async (t) => {
    const call = (caller: Caller) => async (): Promise<unknown> =>
      (await caller.post('/cgi-bin/stable_token', {}, mp)).body['errcode']
    const minutely = await simulatorUnderTest(t, { limits: { stableTokenMinute: 2 } })
    await holds(minutely, call(minutely), 45011, 60_000)
    const daily = await simulatorUnderTest(t, { limits: { stableTokenDaily: 2 } })
    await holds(daily, call(daily), 45009, DAY_MS)
  })

  test('resetusersessionkey: 45011', async (t) => {
    const caller = await simulatorUnderTest(t, { limits: { resetSessionMinute: 2 } })
    let session = await caller.login()
    const call = async (): Promise<unknown> => {
      const { body } = await caller.get('/wxa/resetusersessionkey', caller.signed(await caller.token(), session))
      if (typeof body['session_key'] === 'string') session = { ...session, session_key: body['session_key'] }
      return body['errcode'] === 0 ? undefined : body['errcode']
    }
    await holds(caller, call, 45011, 60_000)
  })

  test('the three of web OAuth: 45011', async (t) => {
    const caller = await simulatorUnderTest(t, {
      limits: { oauthTokenMinute: 2, oauthRefreshMinute: 2, userinfoMinute: 2 },
    })
    const app = { appid: oa.appid, secret: oa.secret }
    const grants: Readonly<Record<string, unknown>>[] = []
    const exchange = async (): Promise<unknown> => {
      const code = caller.simulator.control.codes.oauth({ appid: oa.appid })
      const { body } = await caller.get('/sns/oauth2/access_token', { ...app, code, grant_type: 'authorization_code' })
      grants.push(body)
      return body['errcode']
    }
    await holds(caller, exchange, 45011, 60_000)
    const { access_token, openid, refresh_token } = grants[0] as Record<string, string>
    const refreshQuery = { appid: oa.appid, grant_type: 'refresh_token', refresh_token: refresh_token ?? '' }
    await holds(
      caller,
      async () => (await caller.get('/sns/oauth2/refresh_token', refreshQuery)).body['errcode'],
      45011,
      60_000,
    )
    const query = { access_token: access_token ?? '', openid: openid ?? '' }
    await holds(caller, async () => (await caller.get('/sns/userinfo', query)).body['errcode'], 45011, 60_000)
    const refused = await Promise.all([1, 2].map(() => caller.get('/sns/userinfo', query)))
    assert.match(
      String(refused[1]?.body['errmsg']),
      /^api minute-quota reach limit, must slower, retry next minute, rid: /,
    )
  })

  test('the twenty-first forced refresh of a day is refused, and the day ends at midnight in China', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { clock } = caller.simulator.control
    const force = async (): Promise<unknown> => {
      const { body } = await caller.post('/cgi-bin/stable_token', {}, { ...mp, force_refresh: true })
      clock.advance(30_000)
      return body['errcode']
    }
    for (let n = 0; n < 20; n += 1) assert.equal(await force(), undefined)
    assert.equal(await force(), 45009)
    clock.set(START + 16 * 3_600_000 - 1)
    assert.equal(await force(), 45009)
    assert.equal(await force(), undefined)
  })

  test('clear_quota: 48006 beyond the number of a month, shared with v2; by path a number of its own', async (t) => {
    const caller = await simulatorUnderTest(t, { limits: { clearQuotaMonthly: 2, clearQuotaByPathMonthly: 2 } })
    const clear = async (): Promise<unknown> => {
      const access_token = await caller.token(APPIDS.oa)
      const { body } = await caller.post('/cgi-bin/clear_quota', { access_token }, { appid: oa.appid })
      return body['errcode'] === 0 ? undefined : body['errcode']
    }
    const bySecret = { appid: oa.appid, appsecret: oa.secret }
    assert.equal((await caller.post('/cgi-bin/clear_quota/v2', bySecret)).body['errcode'], 0)
    assert.deepEqual([await clear(), await clear()], [undefined, 48006])
    const byPath = async (): Promise<unknown> => {
      const access_token = await caller.token(APPIDS.oa)
      const fields = { cgi_path: '/cgi-bin/token' }
      const { body } = await caller.post('/cgi-bin/openapi/quota/clear', { access_token }, fields)
      return body['errcode'] === 0 ? undefined : body['errcode']
    }
    await holds(caller, byPath, 48006, 31 * DAY_MS)
    assert.equal(await clear(), undefined)
  })
})

test('jscode2session: 45011 beyond a hundred logins of one user in a minute, and the code stays good', async (t) => {
  const caller = await simulatorUnderTest(t, { limits: { code2SessionPerUserMinute: 2 } })
  const { codes, clock } = caller.simulator.control
  const exchange = async (js_code: string): Promise<unknown> =>
    (await caller.get('/sns/jscode2session', { ...mp, js_code, grant_type: 'authorization_code' })).body['errcode']
  const code = (user: string): string => codes.login({ appid: mp.appid, user })
  assert.deepEqual([await exchange(code('alice')), await exchange(code('alice'))], [undefined, undefined])
  const third = code('alice')
  assert.equal(await exchange(third), 45011)
  assert.equal(await exchange(code('bob')), undefined)
  clock.advance(60_000)
  assert.equal(await exchange(third), undefined)
})

test('wx.login and wx.checkSession: four a second for each user, then errno 1003', async (t) => {
  const { simulator } = await simulatorUnderTest(t)
  const wx = simulator.createWx({ appid: APPIDS.mp })
  for (let n = 0; n < 4; n += 1) await wx.login()
  await assert.rejects(wx.login(), { errno: 1003 })
  for (let n = 0; n < 4; n += 1) await wx.checkSession()
  await assert.rejects(wx.checkSession(), { errno: 1003 })
  await simulator.createWx({ appid: APPIDS.mp, user: 'bob' }).login()
  simulator.control.clock.advance(1000)
  await wx.login()
})
