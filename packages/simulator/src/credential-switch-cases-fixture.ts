import { secureApp } from './security/secure-app-fixture.ts'
import type { Caller } from './simulator-under-test-fixture.ts'
import { exchange, mp, oa } from './switch-case-fixture.ts'
import type { SwitchCase } from './switch-case-fixture.ts'
import type { SwitchName } from './switches.ts'

const stable = async ({ post }: Caller, force = false): Promise<Readonly<Record<string, unknown>>> =>
  (await post('/cgi-bin/stable_token', {}, { ...mp, force_refresh: force })).body

const legacy = async ({ get }: Caller): Promise<string> =>
  String((await get('/cgi-bin/token', mp)).body['access_token'])

const errcodeOf = async ({ post }: Caller, access_token: string): Promise<unknown> =>
  (await post('/cgi-bin/openapi/quota/get', { access_token }, { cgi_path: '/cgi-bin/token' })).body['errcode']

/** Switches of tokens, tickets, addresses, quotas and answers. */
export const credentialSwitchCases = {
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
  whitelistForOfficialAccounts: {
    look: async ({ url, simulator }) => {
      simulator.control.switches.set({ callerAddressFrom: 'x-forwarded-for' })
      const search = new URLSearchParams(oa).toString()
      const errcodes = ['127.0.0.1', '203.0.113.7'].map(async (address) => {
        const answer = await fetch(`${url}/cgi-bin/token?${search}`, { headers: { 'x-forwarded-for': address } })
        return ((await answer.json()) as { errcode?: number }).errcode
      })
      return Promise.all(errcodes)
    },
    seen: [
      ['default', [undefined, 40164]],
      ['nobody', [40164, 40164]],
      ['anybody', [undefined, undefined]],
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
} satisfies Partial<Record<SwitchName, SwitchCase>>
