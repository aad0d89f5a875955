import { sessionSignature } from './crypto/session-signature.ts'
import { APPIDS } from './simulator-under-test-fixture.ts'
import { exchange, mp, oa } from './switch-case-fixture.ts'
import type { Look, SwitchCase } from './switch-case-fixture.ts'
import type { SwitchName } from './switches.ts'

const KEYS = '/wxa/business/getuserencryptkey'

const DAY_S = 86_400

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

/** Switches of codes, sessions, encrypt keys and web OAuth. */
export const userSwitchCases = {
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
} satisfies Partial<Record<SwitchName, SwitchCase>>
