import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decryptOpenData, encryptedDataHash } from '../crypto/open-data.ts'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { Answered, Caller } from '../simulator-under-test-fixture.ts'

const secret = '1'.repeat(32)

function exchange(caller: Caller, js_code: string, more: Record<string, string> = {}): Promise<Answered> {
  const query = { appid: APPIDS.mp, secret, js_code, grant_type: 'authorization_code', ...more }
  return caller.get('/sns/jscode2session', query)
}

describe('jscode2session', () => {
  test('answers text/plain without errcode, in the shapes of real samples', async (t) => {
    const caller = await simulatorUnderTest(t)
    const answer = await exchange(caller, caller.simulator.control.codes.login({ appid: APPIDS.mp }))
    assert.equal(answer.contentType, 'text/plain')
    assert.deepEqual(Object.keys(answer.body).sort(), ['openid', 'session_key', 'unionid'])
    assert.match(String(answer.body['openid']), /^o[\w-]{27}$/)
    assert.match(String(answer.body['unionid']), /^o[\w-]{27}$/)
    assert.equal(Buffer.from(String(answer.body['session_key']), 'base64').length, 16)
    assert.equal(String(answer.body['session_key']).length, 24)
  })

  test('has no unionid for an app without an Open Platform account, and one for all apps of an account', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { control } = caller.simulator
    const inMp = control.member({ appid: APPIDS.mp })
    const inOa = control.member({ appid: APPIDS.oa })
    assert.notEqual(inMp.openid, inOa.openid)
    assert.equal(inMp.unionid, inOa.unionid)
    control.apps.change(APPIDS.mp, { openPlatformId: null })
    const answer = await exchange(caller, control.codes.login({ appid: APPIDS.mp }))
    assert.equal('unionid' in answer.body, false)
  })

  test('a code works once, for five minutes, for its own app', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock, apps } = caller.simulator.control
    const code = codes.login({ appid: APPIDS.mp })
    assert.match(code, /^[A-Za-z0-9]{32}$/)
    await exchange(caller, code)
    const again = await exchange(caller, code)
    assert.equal(again.body['errcode'], 40163)
    assert.match(String(again.body['errmsg']), /^code been used, rid: /)
    const late = codes.login({ appid: APPIDS.mp })
    clock.advance(300_000)
    assert.equal((await exchange(caller, late)).body['errcode'], 40029)
    apps.add({ appid: 'wx6666666666666666', secret })
    const foreign = codes.login({ appid: 'wx6666666666666666' })
    assert.equal((await exchange(caller, foreign)).body['errcode'], 40029)
    assert.equal((await exchange(caller, 'x'.repeat(32))).body['errcode'], 40029)
  })

  test('two nodes that exchange one code at once get one session and one 40163', async (t) => {
    const caller = await simulatorUnderTest(t)
    const code = caller.simulator.control.codes.login({ appid: APPIDS.mp })
    const answers = await Promise.all([exchange(caller, code), exchange(caller, code)])
    assert.deepEqual(answers.map((answer) => answer.body['errcode']).sort(), [40163, undefined])
  })

  test('every wrong field has its own errcode', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, users } = caller.simulator.control
    const code = codes.login({ appid: APPIDS.mp })
    const errcode = async (more: Record<string, string>): Promise<unknown> =>
      (await exchange(caller, code, more)).body['errcode']
    assert.equal(await errcode({ appid: '' }), 41002)
    assert.equal(await errcode({ secret: '' }), 41004)
    assert.equal(await errcode({ js_code: '' }), 41008)
    assert.equal(await errcode({ appid: APPIDS.oa, secret: '2'.repeat(32) }), 40013)
    assert.equal(await errcode({ secret: 'x' }), 40125)
    assert.equal(await errcode({ grant_type: 'x' }), 40002)
    users.change('alice', { highRisk: true })
    assert.equal(await errcode({}), 40226)
    users.change('alice', { highRisk: false })
    assert.equal(await errcode({}), undefined)
  })
})

describe('session-signed endpoints', () => {
  test('are judged in order: method, openid, session, signature', async (t) => {
    const caller = await simulatorUnderTest(t)
    const session = await caller.login()
    const query = caller.signed(await caller.token(), session)
    const errcode = async (changes: Record<string, string>): Promise<unknown> =>
      (await caller.get('/wxa/checksession', { ...query, ...changes })).body['errcode']
    assert.equal(await errcode({}), 0)
    assert.equal(await errcode({ sig_method: 'sha1', openid: '' }), 87008)
    assert.equal(await errcode({ openid: '' }), 40003)
    assert.equal(await errcode({ openid: 'oUnknown' }), 40003)
    assert.equal(await errcode({ sig_method: '' }), 87008)
    assert.equal(await errcode({ signature: '0'.repeat(64) }), 87009)
    assert.equal(await errcode({ access_token: '' }), 41001)
    caller.simulator.control.sessions.end({ appid: APPIDS.mp })
    const gone = await caller.get('/wxa/checksession', { ...query, signature: 'x' })
    assert.equal(gone.body['errcode'], 87007)
    assert.match(String(gone.body['errmsg']), /^session_key is not existd or expired rid: /)
  })

  test('a reset yields a new key with the old end, and the old key is dead', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { control } = caller.simulator
    const session = await caller.login()
    const token = await caller.token()
    const before = control.sessions.get({ appid: APPIDS.mp })
    control.clock.advance(3_000_000)
    const answer = await caller.get('/wxa/resetusersessionkey', caller.signed(token, session))
    assert.deepEqual(Object.keys(answer.body), ['errcode', 'errmsg', 'openid', 'session_key'])
    const renewed = { openid: session.openid, session_key: String(answer.body['session_key']) }
    assert.notEqual(renewed.session_key, session.session_key)
    assert.equal(control.sessions.get({ appid: APPIDS.mp })?.expiresAt, before?.expiresAt)
    assert.equal((await caller.get('/wxa/checksession', caller.signed(token, session))).body['errcode'], 87009)
    assert.equal((await caller.get('/wxa/checksession', caller.signed(token, renewed))).body['errcode'], 0)
  })

  test('a user whose client never asked has no encrypt key', async (t) => {
    const caller = await simulatorUnderTest(t)
    const query = caller.signed(await caller.token(), await caller.login())
    const { body } = await caller.get('/wxa/business/getuserencryptkey', query)
    assert.deepEqual([body['errcode'], body['key_info_list']], [87007, []])
  })

  test('the key list has the documented shape', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { userKeys, clock } = caller.simulator.control
    const query = caller.signed(await caller.token(), await caller.login())
    for (let n = 0; n < 3; n += 1) {
      userKeys.latest({ appid: APPIDS.mp })
      clock.advance(3_600_000)
    }
    const { body } = await caller.get('/wxa/business/getuserencryptkey', {
      ...query,
      access_token: await caller.token(),
    })
    assert.deepEqual(Object.keys(body), ['errcode', 'errmsg', 'key_info_list'])
    const keys = body['key_info_list'] as Record<string, unknown>[]
    assert.deepEqual(
      keys.map((key) => key['version']),
      [3, 2, 1],
    )
    for (const key of keys) {
      assert.deepEqual(Object.keys(key), ['encrypt_key', 'version', 'expire_in', 'iv', 'create_time'])
      assert.equal(Buffer.from(String(key['encrypt_key']), 'base64').length, 16)
      assert.match(String(key['iv']), /^[0-9a-f]{16}$/)
    }
    assert.deepEqual(
      keys.map((key) => key['create_time']),
      [7200, 3600, 0].map((later) => START / 1000 + later),
    )
  })
})

describe('phone numbers', () => {
  test('a phone code works once, for five minutes, for its own app and openid', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock, apps, member } = caller.simulator.control
    const access_token = await caller.token()
    const ask = async (fields: unknown): Promise<Readonly<Record<string, unknown>>> =>
      (await caller.post('/wxa/business/getuserphonenumber', { access_token }, fields)).body
    const code = codes.phone({ appid: APPIDS.mp })
    assert.match(code, /^[0-9a-f]{64}$/)
    assert.equal((await ask({ code, openid: 'oSomebodyElse' }))['errcode'], 40029)
    assert.deepEqual(await ask({ code, openid: member({ appid: APPIDS.mp }).openid }), {
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: '13800000001',
        purePhoneNumber: '13800000001',
        countryCode: '86',
        watermark: { timestamp: START / 1000, appid: APPIDS.mp },
      },
    })
    assert.equal((await ask({ code }))['errcode'], 40029)
    const late = codes.phone({ appid: APPIDS.mp })
    clock.advance(300_000)
    assert.equal((await ask({ code: late }))['errcode'], 40029)
    apps.add({ appid: 'wx6666666666666666', secret })
    assert.equal((await ask({ code: codes.phone({ appid: 'wx6666666666666666' }) }))['errcode'], 40013)
    assert.equal((await ask({ code: codes.login({ appid: APPIDS.mp }) }))['errcode'], 40029)
    assert.equal((await ask({}))['errcode'], 41008)
    assert.equal((await ask('nonsense'))['errcode'], 47001)
    assert.equal((await ask(undefined))['errcode'], 44002)
    assert.equal((await caller.get('/wxa/business/getuserphonenumber', { access_token })).body['errcode'], 43002)
  })

  test('encrypted phone data opens with the session_key and is vouched for during three days', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { codes, clock } = caller.simulator.control
    const { session_key } = await caller.login()
    const data = codes.encryptedPhone({ appid: APPIDS.mp })
    const opened = JSON.parse(decryptOpenData(data, session_key)) as {
      phoneNumber: string
      watermark: { appid: string }
    }
    assert.deepEqual([opened.phoneNumber, opened.watermark.appid], ['13800000001', APPIDS.mp])
    const encrypted_msg_hash = encryptedDataHash(data.encryptedData)
    const ask = async (fields: unknown): Promise<Readonly<Record<string, unknown>>> =>
      (await caller.post('/wxa/business/checkencryptedmsg', { access_token: await caller.token() }, fields)).body
    const vouched = { errcode: 0, errmsg: 'ok', vaild: true, create_time: START / 1000 }
    assert.deepEqual(await ask({ encrypted_msg_hash }), vouched)
    clock.advance(3 * 86_400_000)
    assert.deepEqual(await ask({ encrypted_msg_hash }), vouched)
    clock.advance(1)
    assert.equal((await ask({ encrypted_msg_hash }))['errcode'], 1)
    assert.equal((await ask({ encrypted_msg_hash: 'x' }))['errcode'], 40097)
    assert.equal((await ask(undefined))['errcode'], 44002)
  })
})
