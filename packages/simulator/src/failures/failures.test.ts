import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { Answered, Caller } from '../simulator-under-test-fixture.ts'
import type { FailureInput } from './failure-book.ts'
import { failureTable } from './table.ts'
import type { FailureKind } from './table.ts'

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
const TOKEN = '/cgi-bin/token'
const KEYS = '/wxa/business/getuserencryptkey'

type Check = (caller: Caller, inject: (input: Omit<FailureInput, 'kind'>) => void) => Promise<void>

const token = (caller: Caller): Promise<Answered> => caller.get(TOKEN, mp)

/** The failure makes the token endpoint answer this code once; the next call is good. */
const tokenRefusal =
  (errcode: number): Check =>
  async (caller, inject) => {
    inject({ path: TOKEN, count: 1 })
    const { body } = await token(caller)
    assert.equal(body['errcode'], errcode)
    assert.match(String(body['errmsg']), / rid: [0-9a-f]{8}-/)
    assert.ok('access_token' in (await token(caller)).body)
  }

/** The failure makes an API call with a good token answer this code once; the next call is good. */
const apiRefusal =
  (errcode: number): Check =>
  async (caller, inject) => {
    const access_token = await caller.token()
    const ask = async (): Promise<unknown> =>
      (await caller.post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path: TOKEN })).body['errcode']
    inject({ count: 1 })
    assert.deepEqual([await ask(), await ask()], [errcode, 0])
  }

/** What the token endpoint's `expires_in` becomes. */
const expiresIn =
  (expected: unknown, params: Omit<FailureInput, 'kind'> = {}): Check =>
  async (caller, inject) => {
    inject({ count: 1, ...params })
    const { body } = await token(caller)
    assert.equal(body['expires_in'], expected)
    assert.equal(typeof body['access_token'], 'string')
    assert.equal((await token(caller)).body['expires_in'], 7200)
  }

const resetCode = async (call: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  return error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : error
}

const keyList = async (caller: Caller): Promise<{ version: number; expire_in: number }[]> => {
  const { body } = await caller.get(KEYS, caller.signed(await caller.token(), await caller.login()))
  return body['key_info_list'] as { version: number; expire_in: number }[]
}

const checks: Record<FailureKind, Check> = {
  errcode: async (caller, inject) => {
    inject({ errcode: 61_024, errmsg: 'get component token from wxa plugin', count: 1 })
    const { body } = await token(caller)
    assert.equal(body['errcode'], 61_024)
    assert.match(String(body['errmsg']), /^get component token from wxa plugin rid: /)
  },
  'system-busy': tokenRefusal(-1),
  'daily-quota': tokenRefusal(45009),
  'minute-quota': tokenRefusal(45011),
  'token-invalid': apiRefusal(40001),
  'token-expired': apiRefusal(42001),
  'ip-not-whitelisted': async (caller, inject) => {
    inject({ count: 1 })
    const { body } = await token(caller)
    assert.match(String(body['errmsg']), /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /)
  },
  'ip-pending': async (caller, inject) => {
    inject({ forMs: 30_000 })
    assert.equal((await token(caller)).body['errcode'], 89503)
    caller.simulator.control.clock.advance(30_000)
    assert.ok('access_token' in (await token(caller)).body)
  },
  'ip-refused-hour': tokenRefusal(89507),
  'ip-refused-day': tokenRefusal(89506),
  'secret-wrong': tokenRefusal(40125),
  'secret-frozen': tokenRefusal(40243),
  'token-api-forbidden': tokenRefusal(50004),
  'app-frozen': tokenRefusal(50007),
  'reset-before-headers': async (caller, inject) => {
    inject({ count: 1 })
    assert.equal(await resetCode(token(caller)), 'ECONNRESET')
    assert.ok('access_token' in (await token(caller)).body)
  },
  'reset-after-headers': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await fetch(`${caller.url}${TOKEN}?${new URLSearchParams(mp).toString()}`)
    assert.equal(answer.status, 200)
    await assert.rejects(answer.text())
  },
  'tls-failure': async (caller, inject) => {
    inject({ count: 1 })
    const error = (await token(caller).catch((cause: unknown) => cause)) as Error
    assert.equal((error.cause as Error).name, 'HTTPParserError')
    assert.ok('access_token' in (await token(caller)).body)
  },
  stall: async (caller, inject) => {
    inject({ count: 1 })
    let done = false
    const asked = token(caller).then((answer) => {
      done = true
      return answer
    })
    await waitUntil(() => caller.simulator.control.calls.count() === 1)
    caller.simulator.control.clock.advance(29_999)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(done, false)
    caller.simulator.control.clock.advance(1)
    assert.ok('access_token' in (await asked).body)
  },
  'bad-gateway': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await token(caller)
    assert.deepEqual([answer.status, answer.contentType], [502, 'text/html'])
    assert.match(answer.text, /^<html>/)
  },
  'empty-body': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await token(caller)
    assert.deepEqual([answer.status, answer.text], [200, ''])
  },
  'truncated-json': async (caller, inject) => {
    inject({ count: 1 })
    const { status, text } = await token(caller)
    assert.equal(status, 200)
    assert.match(text, /^\{"access_token":"/)
    assert.throws(() => JSON.parse(text))
  },
  'json-with-bom': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await fetch(`${caller.url}${TOKEN}?${new URLSearchParams(mp).toString()}`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.deepEqual([...bytes.subarray(0, 4)], [0xef, 0xbb, 0xbf, 0x7b])
    assert.ok('access_token' in (JSON.parse(bytes.subarray(3).toString()) as object))
  },
  'text-plain': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await token(caller)
    assert.equal(answer.contentType, 'text/plain')
    assert.ok('access_token' in answer.body)
  },
  'extra-fields': async (caller, inject) => {
    inject({ count: 1 })
    const { body } = await token(caller)
    assert.ok('unoin_id' in body && 'access_token' in body)
  },
  'expires-in': async (caller, inject) => {
    inject({ count: 1 })
    assert.equal((await token(caller)).body['expires_in'], 120)
    await expiresIn('never', { value: 'never' })(caller, inject)
  },
  'expires-in-one': expiresIn(1),
  'expires-in-zero': expiresIn(0),
  'expires-in-missing': expiresIn(undefined),
  'expires-in-string': expiresIn('7200'),
  'clock-skew': async (caller, inject) => {
    inject({ count: 1 })
    const answer = await caller.get(TOKEN, { ...mp, secret: 'wrong' })
    assert.equal(answer.headers.get('date'), new Date(START + 600_000).toUTCString())
    const rid = /rid: ([0-9a-f]{8})-/.exec(String(answer.body['errmsg']))?.[1] ?? ''
    assert.equal(parseInt(rid, 16) * 1000, START + 600_000)
    caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
    const query = caller.signed(await caller.token(), await caller.login())
    inject({ count: 1, ms: -600_000, path: KEYS })
    const keys = (await caller.get(KEYS, query)).body['key_info_list'] as { create_time: number }[]
    assert.equal((keys[0]?.create_time ?? 0) * 1000, START - 600_000)
  },
  'token-revoked': async (caller, inject) => {
    const access_token = await caller.token()
    inject({ count: 1, path: '/cgi-bin/openapi/quota/get' })
    const ask = async (): Promise<unknown> =>
      (await caller.post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path: TOKEN })).body['errcode']
    assert.deepEqual([await ask(), await ask()], [40001, 40001])
  },
  'token-thrashed': async (caller, inject) => {
    inject({ count: 1, by: 2 })
    const first = String((await token(caller)).body['access_token'])
    assert.equal(caller.simulator.control.tokens.isLive(first), false)
    inject({ count: 1 })
    const second = String((await token(caller)).body['access_token'])
    assert.equal(caller.simulator.control.tokens.isLive(second), true)
    caller.simulator.control.clock.advance(300_000)
    assert.equal(caller.simulator.control.tokens.isLive(second), false)
  },
  'code-already-used': async (caller, inject) => {
    inject({ count: 1 })
    const js_code = caller.simulator.control.codes.login({ appid: APPIDS.mp })
    const { body } = await caller.get('/sns/jscode2session', { ...mp, js_code, grant_type: 'authorization_code' })
    assert.equal(body['errcode'], 40163)
  },
  'session-rotated': async (caller, inject) => {
    caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
    const query = caller.signed(await caller.token(), await caller.login())
    inject({ count: 1 })
    assert.equal((await caller.get(KEYS, query)).body['errcode'], 87009)
    const again = caller.signed(query['access_token'] ?? '', await caller.login())
    assert.equal((await caller.get(KEYS, again)).body['errcode'], 0)
  },
  'deprecated-certificate': async (caller, inject) => {
    const { secureApp } = await import('../security/secure-app-fixture.ts')
    const secure = secureApp(caller)
    inject({ count: 1, path: '/cgi-bin/openapi/quota/get' })
    const answer = await secure.ask('/cgi-bin/openapi/quota/get', { cgi_path: TOKEN })
    assert.equal(answer.headers.get('wechatmp-serial-deprecated'), secure.platformSerial)
    assert.notEqual(answer.headers.get('wechatmp-serial'), secure.platformSerial)
    assert.equal(secure.isSigned(answer, 'wechatmp-signature-deprecated'), true)
    assert.equal(secure.isSigned(answer, 'wechatmp-signature'), false)
  },
  'push-duplicated': async (caller, inject) => {
    const { receiver } = await import('../callbacks/receiver-fixture.ts')
    const server = await receiver(() => 'success')
    const callback = { url: server.url, token: 'AAAAA', mode: 'clear', format: 'json' } as const
    caller.simulator.control.apps.change(APPIDS.mp, { callback })
    inject({ count: 1, appid: APPIDS.mp })
    const message = { ToUserName: 'gh_1', MsgType: 'event' }
    await caller.simulator.control.callbacks.push(APPIDS.mp, message)
    await caller.simulator.control.callbacks.push(APPIDS.mp, message)
    await server.close()
    assert.equal(server.received.length, 3)
    assert.equal(server.received[0]?.url, server.received[1]?.url)
  },
  'encrypt-key-list': async (caller, inject) => {
    for (let n = 0; n < 3; n += 1) caller.simulator.control.userKeys.push({ appid: APPIDS.mp })
    inject({ count: 1 })
    assert.deepEqual(await keyList(caller), [])
    for (const entries of [1, 2, 3]) {
      inject({ count: 1, entries })
      assert.equal((await keyList(caller)).length, entries)
    }
  },
  'encrypt-key-newest-expired': async (caller, inject) => {
    caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
    inject({ count: 1 })
    assert.equal((await keyList(caller))[0]?.expire_in, 0)
    assert.equal((await keyList(caller))[0]?.expire_in, 3600)
  },
  'encrypt-key-version-jump': async (caller, inject) => {
    caller.simulator.control.userKeys.latest({ appid: APPIDS.mp })
    inject({ count: 1, by: 40 })
    assert.deepEqual(
      (await keyList(caller)).map((key) => key.version),
      [41, 1],
    )
  },
}

describe('every kind of failure', () => {
  for (const kind of Object.keys(failureTable) as FailureKind[]) {
    test(`${kind}: ${failureTable[kind].en}`, async (t) => {
      const caller = await simulatorUnderTest(t)
      await checks[kind](caller, (input) => caller.simulator.control.failures.inject({ ...input, kind }))
    })
  }
})

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
