import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sessionSignature } from './crypto/session-signature.ts'
import { APPIDS, simulatorUnderTest } from './simulator-under-test-fixture.ts'
import type { Caller } from './simulator-under-test-fixture.ts'

const SECRET = '1'.repeat(32)
const app = { grant_type: 'client_credential', appid: APPIDS.mp, secret: SECRET }

async function legacy(caller: Caller): Promise<string> {
  return String((await caller.get('/cgi-bin/token', app)).body['access_token'])
}

async function stable(caller: Caller, force = false): Promise<{ token: string; expiresIn: number }> {
  const { body } = await caller.post('/cgi-bin/stable_token', {}, { ...app, force_refresh: force })
  return { token: String(body['access_token']), expiresIn: Number(body['expires_in']) }
}

/** What a token is worth: the errcode that an API call with it meets; 0 when it is accepted. */
async function worth(caller: Caller, access_token: string): Promise<unknown> {
  const { body } = await caller.post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path: '/cgi-bin/token' })
  return body['errcode']
}

test('two legacy tokens both work for five minutes, then the first is superseded, and at its end the second expires', async (t) => {
  const caller = await simulatorUnderTest(t)
  const { clock } = caller.simulator.control
  const first = await legacy(caller)
  const second = await legacy(caller)
  assert.notEqual(first, second)
  assert.deepEqual([await worth(caller, first), await worth(caller, second)], [0, 0])
  clock.advance(299_999)
  assert.deepEqual([await worth(caller, first), await worth(caller, second)], [0, 0])
  clock.advance(1)
  assert.deepEqual([await worth(caller, first), await worth(caller, second)], [40001, 0])
  clock.advance(7_200_000 - 300_000 - 1)
  assert.equal(await worth(caller, second), 0)
  clock.advance(1)
  assert.equal(await worth(caller, second), 42001)
  assert.equal(await worth(caller, first), 42001)
})

test('a thousand parallel stable calls get one token, and in the last five minutes a new one beside the old', async (t) => {
  const caller = await simulatorUnderTest(t)
  const { clock } = caller.simulator.control
  const answers = await Promise.all(Array.from({ length: 1000 }, () => stable(caller)))
  assert.equal(new Set(answers.map((answer) => answer.token)).size, 1)
  const old = answers[0]?.token ?? ''
  clock.advance(6_855_000)
  assert.deepEqual(await stable(caller), { token: old, expiresIn: 345 })
  clock.advance(44_000)
  assert.deepEqual(await stable(caller), { token: old, expiresIn: 301 })
  clock.advance(2_000)
  const renewed = await stable(caller)
  assert.notEqual(renewed.token, old)
  assert.equal(renewed.expiresIn, 7200)
  clock.advance(298_999)
  assert.deepEqual([await worth(caller, old), await worth(caller, renewed.token)], [0, 0])
  clock.advance(1)
  assert.deepEqual([await worth(caller, old), await worth(caller, renewed.token)], [42001, 0])
})

test('a forced refresh within thirty seconds changes nothing; the next one kills the token before both', async (t) => {
  const caller = await simulatorUnderTest(t)
  const { clock } = caller.simulator.control
  const { token: leaked } = await stable(caller)
  const { token: first } = await stable(caller, true)
  assert.notEqual(first, leaked)
  assert.equal(await worth(caller, leaked), 0)
  clock.advance(10_000)
  assert.deepEqual(await stable(caller, true), { token: first, expiresIn: 7190 })
  clock.advance(21_000)
  const { token: second } = await stable(caller, true)
  assert.notEqual(second, first)
  assert.deepEqual([await worth(caller, leaked), await worth(caller, first)], [40001, 0])
  const { token: recovered } = await stable(caller)
  assert.equal(recovered, second)
  assert.equal(await worth(caller, recovered), 0)
})

test('legacy and stable tokens never disturb one another', async (t) => {
  const caller = await simulatorUnderTest(t)
  const { clock } = caller.simulator.control
  const { token: kept } = await stable(caller)
  const old = await legacy(caller)
  for (let n = 0; n < 3; n += 1) await legacy(caller)
  assert.equal(await worth(caller, kept), 0)
  assert.equal((await stable(caller)).token, kept)
  const current = await legacy(caller)
  await stable(caller, true)
  clock.advance(31_000)
  await stable(caller, true)
  assert.equal(await worth(caller, current), 0)
  assert.equal(await worth(caller, old), 40001)
})

test('after a second login the first code still yields its key, which the platform no longer knows', async (t) => {
  const caller = await simulatorUnderTest(t, { switches: { sessionMinRotateSeconds: 0 } })
  const wx = caller.simulator.createWx({ appid: APPIDS.mp })
  const first = await wx.login()
  await wx.login()
  const exchange = { appid: APPIDS.mp, secret: SECRET, js_code: first.code, grant_type: 'authorization_code' }
  const { body } = await caller.get('/sns/jscode2session', exchange)
  const session = { openid: String(body['openid']), session_key: String(body['session_key']) }
  assert.deepEqual(await wx.checkSession(), { errMsg: 'checkSession:ok' })
  const checked = await caller.get('/wxa/checksession', caller.signed(await caller.token(), session))
  assert.equal(checked.body['errcode'], 87009)
})

test('getuserencryptkey takes GET and an empty POST, and refuses any body', async (t) => {
  const caller = await simulatorUnderTest(t)
  const path = '/wxa/business/getuserencryptkey'
  const session = await caller.login()
  const token = await caller.token()
  caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
  const query = caller.signed(token, session)
  assert.equal((await caller.get(path, query)).body['errcode'], 0)
  assert.equal((await caller.post(path, query)).body['errcode'], 0)
  const braces = await caller.post(path, query, '{}')
  assert.equal(braces.body['errcode'], 87009)
  assert.match(String(braces.body['errmsg']), /^invalid signature rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
  assert.deepEqual(braces.body['key_info_list'], [])
  const { access_token, ...params } = query
  assert.equal((await caller.post(path, { access_token: access_token ?? '' }, params)).body['errcode'], 40003)
  const overBraces = { ...query, signature: sessionSignature(session.session_key, '{}') }
  assert.equal((await caller.post(path, overBraces, '{}')).body['errcode'], 0)
})

test('a user has three key versions at most, newest first, ended ones with expire_in 0', async (t) => {
  const caller = await simulatorUnderTest(t)
  const { clock } = caller.simulator.control
  const { wx } = caller.simulator.phone({ appid: APPIDS.mp })
  const session = await caller.login()
  const latest = (): Promise<number> =>
    new Promise((resolve) => wx.getUserCryptoManager().getLatestUserKey({ success: (key) => resolve(key.version) }))
  const listed = async (): Promise<unknown> => {
    const answer = await caller.get('/wxa/business/getuserencryptkey', caller.signed(await caller.token(), session))
    const keys = answer.body['key_info_list'] as { version: number; expire_in: number }[]
    return keys.map((key) => [key.version, key.expire_in])
  }
  assert.equal(await latest(), 1)
  assert.deepEqual(await listed(), [[1, 3600]])
  clock.advance(3_601_000)
  assert.deepEqual(await listed(), [[1, 0]])
  assert.equal(await latest(), 2)
  assert.deepEqual(await listed(), [
    [2, 3600],
    [1, 0],
  ])
  clock.advance(3_601_000)
  await latest()
  clock.advance(3_601_000)
  assert.equal(await latest(), 4)
  assert.deepEqual(await listed(), [
    [4, 3600],
    [3, 0],
    [2, 0],
  ])
})
