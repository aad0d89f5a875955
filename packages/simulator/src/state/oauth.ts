import { Refusal } from '../errors/refusal.ts'
import type { App } from './apps.ts'
import { createBoundedMap } from './bounded-map.ts'
import { CODE_LIFETIME_MS } from './login-codes.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { Member } from './users.ts'

/** What the user agreed to. */
export type OAuthScope = 'snsapi_base' | 'snsapi_userinfo' | 'snsapi_login'

/** One user's consent and the tokens that came of it. Moments in ms since the epoch. */
export interface Grant {
  readonly appid: string
  readonly member: Member
  readonly scope: OAuthScope
  readonly accessToken: string
  readonly accessExpiresAt: number
  readonly refreshToken: string
  readonly refreshExpiresAt: number
  /** The user changed the password or took the consent back. */
  readonly revoked: boolean
}

/** The state machine of web OAuth: codes, per-user access tokens, refresh tokens. */
export interface OAuth {
  mintCode(app: App, member: Member, scope: OAuthScope): string
  /** Throws 40029 (unknown, expired, foreign) and 40163 (used before). */
  exchange(app: App, code: string): Grant
  /** The same access token with a new life while it lives, else a new one. Throws 40030, 42002, 42007. */
  refresh(app: App, refreshToken: string): Grant
  /** The consent behind an access token. Throws 41001, 40014, 42001, 40001, 42007. */
  check(accessToken: string | undefined): Grant
  /** Which app a token belongs to, alive or not. */
  appidOf(accessToken: string): string | undefined
  /** Takes back every consent of a user in an app. */
  revoke(app: App, userId: string): void
}

interface Code {
  readonly appid: string
  readonly member: Member
  readonly scope: OAuthScope
  readonly expiresAt: number
  readonly used: boolean
}

const ACCESS_LIFETIME_MS = 7_200_000
const DAY_MS = 86_400_000

/** Keeps codes and consents. */
export function createOAuth(deps: {
  readonly now: () => number
  readonly makeCode: (label: string) => string
  readonly makeToken: (label: string) => string
  readonly switches: SwitchBoard
}): OAuth {
  const { now, makeCode, makeToken, switches } = deps
  const codes = createBoundedMap<string, Code>(50_000)
  const grants = createBoundedMap<string, Grant>(50_000)
  const owners = createBoundedMap<string, string>(100_000)

  const keep = (grant: Grant): Grant => {
    grants.set(grant.refreshToken, grant)
    owners.set(grant.accessToken, grant.refreshToken)
    return grant
  }
  const refreshLifetimeMs = (app: App): number => {
    const name = app.type === 'mobile' ? 'mobileRefreshTokenDays' : 'refreshTokenDays'
    return switches.get(name, app) * DAY_MS
  }
  const useUp = (app: App, text: string): Code => {
    const code = codes.get(text)
    if (code === undefined || code.appid !== app.appid || now() >= code.expiresAt) throw new Refusal(40029)
    if (code.used) throw new Refusal(switches.get('codeReplayErrcode', app))
    codes.set(text, { ...code, used: true })
    return code
  }

  return {
    mintCode(app, member, scope) {
      const code = makeCode(`oauth ${app.appid} ${member.user.id}`)
      codes.set(code, { appid: app.appid, member, scope, expiresAt: now() + CODE_LIFETIME_MS, used: false })
      return code
    },
    exchange(app, text) {
      const { member, scope } = useUp(app, text)
      return keep({
        appid: app.appid,
        member,
        scope,
        accessToken: makeToken(`oauth ${app.appid}`),
        accessExpiresAt: now() + ACCESS_LIFETIME_MS,
        refreshToken: makeToken(`refresh ${app.appid}`),
        refreshExpiresAt: now() + refreshLifetimeMs(app),
        revoked: false,
      })
    },
    refresh(app, refreshToken) {
      const grant = grants.get(refreshToken)
      if (grant === undefined || grant.appid !== app.appid) throw new Refusal(40030)
      if (grant.revoked) throw new Refusal(42007)
      if (now() >= grant.refreshExpiresAt) throw new Refusal(42002)
      const alive = now() < grant.accessExpiresAt
      const accessToken = alive ? grant.accessToken : makeToken(`oauth ${app.appid}`)
      return keep({ ...grant, accessToken, accessExpiresAt: now() + ACCESS_LIFETIME_MS })
    },
    check(accessToken) {
      if (accessToken === undefined || accessToken === '') throw new Refusal(41001)
      if (!/^[\w-]{32,}$/.test(accessToken)) throw new Refusal(40014)
      const grant = grants.get(owners.get(accessToken) ?? '')
      if (grant === undefined) throw new Refusal(40001)
      if (grant.revoked) throw new Refusal(42007)
      // A token replaced by a refresh was past its life already, or it would have been kept.
      if (grant.accessToken !== accessToken || now() >= grant.accessExpiresAt) throw new Refusal(42001)
      return grant
    },
    appidOf: (accessToken) => grants.get(owners.get(accessToken) ?? '')?.appid,
    revoke(app, userId) {
      for (const grant of [...grants.values()]) {
        if (grant.appid === app.appid && grant.member.user.id === userId) keep({ ...grant, revoked: true })
      }
    },
  }
}
