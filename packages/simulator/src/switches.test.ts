import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sessionSignature } from './crypto/session-signature.ts'
import { receiver } from './callbacks/receiver-fixture.ts'
import { secureApp } from './security/secure-app-fixture.ts'
import { APPIDS, simulatorUnderTest } from './simulator-under-test.ts'
import type { Caller } from './simulator-under-test.ts'
import { defaultSwitches, parseSwitches, switchTable } from './switches.ts'
import type { SwitchName, Switches } from './switches.ts'

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
const oa = { grant_type: 'client_credential', appid: APPIDS.oa, secret: '2'.repeat(32) }
const KEYS = '/wxa/business/getuserencryptkey'
const DAY_S = 86_400

/** What a user sees of a rule, in a form that can be compared. */
type Look = (caller: Caller) => Promise<unknown>

/** A switch: what is seen in the default position, and in others. */
interface Case {
  readonly look: Look
  readonly seen: readonly (readonly [position: boolean | number | string | 'default', seen: unknown])[]
}

const stable = async ({ post }: Caller, force = false): Promise<Readonly<Record<string, unknown>>> =>
  (await post('/cgi-bin/stable_token', {}, { ...mp, force_refresh: force })).body
const legacy = async ({ get }: Caller): Promise<string> =>
  String((await get('/cgi-bin/token', mp)).body['access_token'])
const errcodeOf = async ({ post }: Caller, access_token: string): Promise<unknown> =>
  (await post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path: '/cgi-bin/token' })).body['errcode']
const exchange = async ({ get, simulator }: Caller, code?: string): Promise<Readonly<Record<string, unknown>>> => {
  const js_code = code ?? simulator.control.codes.login({ appid: mp.appid })
  return (await get('/sns/jscode2session', { ...mp, js_code, grant_type: 'authorization_code' })).body
}
const refreshDays =
  (appid: string, secret: string): Look =>
  async ({ get, simulator }) => {
    const code = simulator.control.codes.oauth({ appid })
    const grant = (await get('/sns/oauth2/access_token', { appid, secret, code, grant_type: 'authorization_code' }))
      .body
    const query = { appid, grant_type: 'refresh_token', refresh_token: String(grant['refresh_token']) }
    for (let days = 15; ; days += 15) {
      simulator.control.clock.advance(15 * DAY_S * 1000)
      if ((await get('/sns/oauth2/refresh_token', query)).body['errcode'] === 42002) return days
    }
  }
const rotations =
  (): Look =>
  async ({ simulator }) => {
    const { codes, sessions, clock } = simulator.control
    const keys = new Set<string | undefined>()
    for (const wait of [0, 1, 199, 300]) {
      clock.advance(wait * 1000)
      codes.login({ appid: mp.appid })
      keys.add(sessions.get({ appid: mp.appid })?.key)
    }
    return keys.size
  }
const requestErrno = async (caller: Caller, count: number): Promise<number> => {
  const server = await receiver(() => undefined)
  const { wx } = caller.simulator.phone({ appid: mp.appid })
  let refused = 0
  const tasks = Array.from({ length: count }, () =>
    wx.request({ url: server.url, fail: (error) => (refused += error.errno === 600007 ? 1 : 0) }),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  const before = refused
  for (const task of tasks) task.abort()
  await server.close()
  return before
}

const cases: Record<SwitchName, Case> = {
  accessTokenLength: {
    look: async (caller) => (await legacy(caller)).length,
    seen: [
      ['default', 512],
      [157, 157],
    ],
  },
  malformedTokenMinLength: {
    look: (caller) => errcodeOf(caller, 'x'.repeat(40)),
    seen: [
      ['default', 40001],
      [41, 40014],
    ],
  },
  supersededExpiredErrcode: {
    look: async (caller) => {
      const first = await legacy(caller)
      await legacy(caller)
      caller.simulator.control.clock.advance(7_200_000)
      return errcodeOf(caller, first)
    },
    seen: [
      ['default', 42001],
      [40001, 40001],
    ],
  },
  newerCredentialText: {
    look: async ({ get }) =>
      String((await get('/wxa/checksession', { access_token: 'x'.repeat(99) })).body['errmsg']).includes(
        'getStableAccessToken',
      ),
    seen: [
      ['default', true],
      [false, false],
    ],
  },
  wrongSecretErrcode: {
    look: async ({ get }) => (await get('/cgi-bin/token', { ...mp, secret: 'x' })).body['errcode'],
    seen: [
      ['default', 40125],
      [40001, 40001],
    ],
  },
  secretResetKillsTokens: {
    look: async (caller) => {
      const tokens = [await legacy(caller), String((await stable(caller))['access_token'])]
      caller.simulator.control.apps.resetSecret(mp.appid)
      return Promise.all(tokens.map((token) => errcodeOf(caller, token)))
    },
    seen: [
      ['default', [0, 0]],
      [true, [40001, 40001]],
    ],
  },
  legacyThirdTokenDropsFirst: {
    look: async (caller) => {
      const first = await legacy(caller)
      await legacy(caller)
      await legacy(caller)
      const at = [await errcodeOf(caller, first)]
      caller.simulator.control.clock.advance(300_000)
      return [...at, await errcodeOf(caller, first)]
    },
    seen: [
      ['default', [40001, 40001]],
      [false, [0, 40001]],
    ],
  },
  stableForceGraceSeconds: {
    look: async (caller) => {
      const former = String((await stable(caller))['access_token'])
      await stable(caller, true)
      const at = [await errcodeOf(caller, former)]
      caller.simulator.control.clock.advance(300_000)
      return [...at, await errcodeOf(caller, former)]
    },
    seen: [
      ['default', [0, 40001]],
      [0, [40001, 40001]],
    ],
  },
  stableEarlyForce: {
    look: async (caller) => {
      const first = await stable(caller, true)
      const second = await stable(caller, true)
      return second['errcode'] ?? second['access_token'] === first['access_token']
    },
    seen: [
      ['default', true],
      ['45009', 45009],
    ],
  },
  stableForceOverDaily: {
    look: async (caller) => {
      let last = await stable(caller, true)
      for (let n = 0; n < 19; n += 1) {
        caller.simulator.control.clock.advance(30_000)
        last = await stable(caller, true)
      }
      caller.simulator.control.clock.advance(30_000)
      const over = await stable(caller, true)
      return over['errcode'] ?? over['access_token'] === last['access_token']
    },
    seen: [
      ['default', 45009],
      ['no-op', true],
    ],
  },
  ticketMintEveryCall: {
    look: async ({ get, token }) => {
      const query = { access_token: await token(oa.appid), type: 'jsapi' }
      const tickets = [await get('/cgi-bin/ticket/getticket', query), await get('/cgi-bin/ticket/getticket', query)]
      return tickets[0]?.body['ticket'] === tickets[1]?.body['ticket']
    },
    seen: [
      ['default', true],
      [true, false],
    ],
  },
  ticketForMiniProgram: {
    look: async ({ get, token }) =>
      (await get('/cgi-bin/ticket/getticket', { access_token: await token(), type: 'jsapi' })).body['errcode'],
    seen: [
      ['default', 48001],
      [true, 0],
    ],
  },
  codeReplayErrcode: {
    look: async (caller) => {
      const code = caller.simulator.control.codes.login({ appid: mp.appid })
      await exchange(caller, code)
      return (await exchange(caller, code))['errcode']
    },
    seen: [
      ['default', 40163],
      [40029, 40029],
    ],
  },
  code2SessionErrcodeZero: {
    look: async (caller) => (await exchange(caller))['errcode'],
    seen: [
      ['default', undefined],
      [true, 0],
    ],
  },
  sessionMinRotateSeconds: {
    look: rotations(),
    seen: [
      ['default', 2],
      [0, 4],
      [-1, 1],
      [200, 3],
    ],
  },
  sessionIdleSeconds: {
    look: async ({ simulator }) => {
      simulator.control.codes.login({ appid: mp.appid })
      simulator.control.clock.advance(3_600_000)
      return simulator.control.sessions.get({ appid: mp.appid }) !== undefined
    },
    seen: [
      ['default', true],
      [3600, false],
    ],
  },
  strictSignatureCase: {
    look: async ({ get, login, token, signed }) => {
      const session = await login()
      const query = {
        ...signed(await token(), session),
        signature: sessionSignature(session.session_key, '').toUpperCase(),
      }
      return (await get('/wxa/checksession', query)).body['errcode']
    },
    seen: [
      ['default', 0],
      [true, 87009],
    ],
  },
  encryptKeyMethod: {
    look: async ({ get, post, login, token, signed, simulator }) => {
      simulator.control.userKeys.latest({ appid: mp.appid })
      const query = signed(await token(), await login())
      return [(await get(KEYS, query)).body['errcode'], (await post(KEYS, query)).body['errcode']]
    },
    seen: [
      ['default', [0, 0]],
      ['GET', [0, 43001]],
      ['POST', [43002, 0]],
    ],
  },
  encryptKeyServerCreates: {
    look: async ({ get, login, token, signed }) =>
      (await get(KEYS, signed(await token(), await login()))).body['errcode'],
    seen: [
      ['default', 87007],
      [true, 0],
    ],
  },
  encryptKeyFollowsSession: {
    look: async ({ simulator }) => {
      const { userKeys, sessions } = simulator.control
      userKeys.latest({ appid: mp.appid })
      sessions.rotate({ appid: mp.appid })
      return userKeys.latest({ appid: mp.appid }).version
    },
    seen: [
      ['default', 1],
      [true, 2],
    ],
  },
  encryptKeyStaleSeconds: {
    look: async ({ simulator }) => {
      const { userKeys, clock } = simulator.control
      userKeys.latest({ appid: mp.appid })
      clock.advance(3_600_000 + 59_999)
      const versions = [userKeys.latest({ appid: mp.appid }).version]
      clock.advance(1)
      return [...versions, userKeys.latest({ appid: mp.appid }).version]
    },
    seen: [
      ['default', [2, 2]],
      [60, [1, 2]],
    ],
  },
  encryptKeyListOnTokenErrors: {
    look: async ({ get }) => 'key_info_list' in (await get(KEYS)).body,
    seen: [
      ['default', true],
      [false, false],
    ],
  },
  expireTimeUnit: {
    look: ({ simulator }) =>
      new Promise((resolve) => {
        const manager = simulator.createWx({ appid: mp.appid }).getUserCryptoManager()
        manager.getLatestUserKey({
          success: ({ expireTime }) =>
            resolve(
              expireTime - (expireTime > 1e11 ? simulator.control.clock.now() : simulator.control.clock.now() / 1000),
            ),
        })
      }),
    seen: [
      ['default', 3_600_000],
      ['s', 3_600],
    ],
  },
  phoneCodeWrongOpenidErrcode: {
    look: async ({ post, token, simulator }) => {
      const fields = { code: simulator.control.codes.phone({ appid: mp.appid }), openid: 'another' }
      return (await post('/wxa/business/getuserphonenumber', { access_token: await token() }, fields)).body['errcode']
    },
    seen: [
      ['default', 40029],
      [40003, 40003],
    ],
  },
  whitelistForOfficialAccounts: {
    look: async ({ get, simulator }) => {
      simulator.control.switches.set({ callerAddressFrom: 'x-forwarded-for' })
      const here = (await get('/cgi-bin/token', oa)).body['errcode']
      return here ?? 'served'
    },
    seen: [
      ['default', 'served'],
      ['nobody', 40164],
      ['anybody', 'served'],
    ],
  },
  whitelistForMiniPrograms: {
    look: async ({ get, simulator }) => {
      simulator.control.apps.change(mp.appid, { ipWhitelist: [] })
      return (await get('/cgi-bin/token', mp)).body['errcode']
    },
    seen: [
      ['default', 40164],
      [false, undefined],
    ],
  },
  whitelistCoversCode2Session: {
    look: async (caller) => {
      caller.simulator.control.apps.change(mp.appid, { ipWhitelist: [] })
      return (await exchange(caller))['errcode']
    },
    seen: [
      ['default', undefined],
      [true, 40164],
    ],
  },
  callerAddressFrom: {
    look: async ({ url, simulator }) => {
      const headers = { 'x-forwarded-for': '203.0.113.7, 10.0.0.1' }
      await fetch(`${url}/cgi-bin/token`, { headers })
      return simulator.control.calls.last()?.address
    },
    seen: [
      ['default', '127.0.0.1'],
      ['x-forwarded-for', '203.0.113.7'],
    ],
  },
  refreshTokenDays: {
    look: refreshDays(oa.appid, oa.secret),
    seen: [
      ['default', 30],
      [60, 60],
    ],
  },
  mobileRefreshTokenDays: {
    look: refreshDays(APPIDS.mobile, '4'.repeat(32)),
    seen: [
      ['default', 180],
      [30, 30],
    ],
  },
  dayOffsetHours: {
    look: async (caller) => {
      caller.simulator.control.limits.set({ tokenDaily: 1 })
      const call = async (): Promise<unknown> => (await caller.get('/cgi-bin/token', oa)).body['errcode'] ?? 0
      await call()
      caller.simulator.control.clock.advance(16 * 3_600_000)
      return call()
    },
    seen: [
      ['default', 0],
      [0, 45009],
    ],
  },
  unpublishedDailyLimit: {
    look: async (caller) => {
      await legacy(caller)
      return (await caller.get('/cgi-bin/token', mp)).body['errcode']
    },
    seen: [
      ['default', undefined],
      [1, 45009],
    ],
  },
  unknownPath: {
    look: async ({ get }) => (await get('/cgi-bin/nothing')).status,
    seen: [
      ['default', 200],
      ['404', 404],
    ],
  },
  jsonContentType: {
    look: async ({ get }) => (await get('/cgi-bin/token')).contentType,
    seen: [
      ['default', 'application/json; encoding=utf-8'],
      ['application/json', 'application/json'],
    ],
  },
  snsContentType: {
    look: async ({ get }) => (await get('/sns/auth')).contentType,
    seen: [
      ['default', 'text/plain'],
      ['application/json', 'application/json'],
    ],
  },
  apiSecurityMaxAgeSeconds: {
    look: async (caller) => {
      const timestamp = caller.simulator.control.clock.now() / 1000 - 301
      const fields = { cgi_path: '/cgi-bin/token' }
      return (await secureApp(caller).ask('/cgi-bin/openapi/quota/get', fields, { timestamp })).body['errcode']
    },
    seen: [
      ['default', 40240],
      [301, undefined],
    ],
  },
  apiSecurityOrigin: {
    look: async (caller) =>
      (await secureApp(caller).ask('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/token' })).body['errcode'],
    seen: [
      ['default', undefined],
      ['https://api2.weixin.qq.com', 40234],
    ],
  },
  loginReturnsPromise: {
    look: async ({ simulator }) => simulator.createWx({ appid: mp.appid }).login() instanceof Promise,
    seen: [
      ['default', true],
      [false, false],
    ],
  },
  loginTooOftenErrno: {
    look: async ({ simulator }) => {
      simulator.control.limits.set({ loginPerSecond: 0 })
      return simulator
        .createWx({ appid: mp.appid })
        .checkSession()
        ?.catch((error: { errno: number }) => error.errno)
    },
    seen: [
      ['default', 1003],
      [510001, 510001],
    ],
  },
  skipDomainCheck: {
    look: async (caller) => {
      const server = await receiver(() => 'ok')
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      const seen = await new Promise((resolve) =>
        wx.request({ url: server.url, success: ({ data }) => resolve(data), fail: ({ errno }) => resolve(errno) }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'ok'],
      [false, 600002],
    ],
  },
  networkExcess: {
    look: (caller) => requestErrno(caller, 12),
    seen: [
      ['default', 2],
      ['queue', 0],
    ],
  },
  networkLimitShared: {
    look: async (caller) => {
      const server = await receiver(() => undefined)
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      let refused = 0
      const fail = ({ errno }: { readonly errno: number | undefined }): void =>
        void (refused += errno === 600007 ? 1 : 0)
      const tasks = Array.from({ length: 6 }, () => [
        wx.request({ url: server.url, fail }),
        wx.downloadFile({ url: server.url, fail }),
      ])
      await new Promise((resolve) => setTimeout(resolve, 100))
      const before = refused
      for (const task of tasks.flat()) task.abort()
      await server.close()
      return before
    },
    seen: [
      ['default', 0],
      [true, 2],
    ],
  },
  backgroundRefuses: {
    look: async (caller) => {
      const server = await receiver(() => 'ok')
      const phone = caller.simulator.phone({ appid: mp.appid })
      phone.background()
      const seen = await new Promise((resolve) =>
        phone.wx.request({
          url: server.url,
          success: ({ data }) => resolve(data),
          fail: ({ errno }) => resolve(errno),
        }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'ok'],
      ['at-once', 600003],
    ],
  },
  responseHeaderCase: {
    look: async (caller) => {
      const server = await receiver(() => ({ headers: { 'x-ReQuest-ID': '1' } }))
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      const seen = await new Promise((resolve) =>
        wx.request({ url: server.url, success: ({ header }) => resolve(Object.keys(header)[0]), fail: resolve }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'X-Request-Id'],
      ['lower', 'x-request-id'],
      ['as-sent', 'x-ReQuest-ID'],
    ],
  },
}

describe('every switch, in every position', () => {
  for (const name of Object.keys(switchTable) as SwitchName[]) {
    const { look, seen } = cases[name]
    for (const [position, expected] of seen) {
      test(`${name} ${position === 'default' ? `${defaultSwitches[name]} (default)` : position}: ${switchTable[name].en}`, async (t) => {
        const switches = position === 'default' ? {} : ({ [name]: position } as Partial<Switches>)
        assert.deepEqual(await look(await simulatorUnderTest(t, { switches })), expected)
      })
    }
  }
})

test('an app may have positions of its own', async (t) => {
  const caller = await simulatorUnderTest(t)
  caller.simulator.control.apps.change(oa.appid, { switches: { wrongSecretErrcode: 40001 } })
  const ask = async (appid: string): Promise<unknown> =>
    (await caller.get('/cgi-bin/token', { ...mp, appid, secret: 'x' })).body['errcode']
  assert.deepEqual([await ask(oa.appid), await ask(mp.appid)], [40001, 40125])
})

test('a switch that does not exist, or a value that it cannot take, is refused', () => {
  assert.throws(() => parseSwitches({ constructor: true }), { code: 'SWITCH_UNKNOWN' })
  assert.throws(() => parseSwitches({ codeReplayErrcode: 1 }), { code: 'SWITCH_INVALID', message: /40163, 40029/ })
  assert.throws(() => parseSwitches({ sessionIdleSeconds: '1' }), { code: 'SWITCH_INVALID', message: /a number/ })
  assert.throws(() => parseSwitches([]), { code: 'SWITCH_INVALID' })
})
