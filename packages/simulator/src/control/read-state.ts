import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'
import type { Session } from '../state/sessions.ts'
import type { StableState } from '../state/stable-token.ts'
import type { TokenPair } from '../state/minting-tokens.ts'
import type { Ticket } from '../state/tickets.ts'
import type { IssuedToken } from '../state/token-registry.ts'
import type { UserKey } from '../state/user-keys.ts'
import type { UserRef } from '../state/users.ts'

/** The two newest tokens of a family, with their ends. */
export interface TokenPairState {
  readonly current: IssuedToken | undefined
  readonly previous: IssuedToken | undefined
}

/** What the platform has handed out to an app and to one user of it. */
export interface AppState {
  readonly app: App
  readonly legacy: TokenPairState
  readonly stable: TokenPairState & Pick<StableState, 'forcedAt' | 'forcesToday'>
  readonly qq: TokenPairState
  readonly tickets: { readonly jsapi: Ticket | undefined; readonly wx_card: Ticket | undefined }
  readonly user: {
    readonly id: string
    readonly openid: string
    readonly unionid: string | undefined
    readonly session: Session | undefined
    readonly userKeys: readonly UserKey[]
  }
}

/** Reads an app's state without changing it. Throws USER_UNKNOWN. */
export function readState(platform: Platform, app: App, ref: UserRef): AppState {
  const { appid } = app
  const { user, openid, unionid } = platform.users.member(app, ref)
  const pair = ({ current, previous }: TokenPair): TokenPairState => ({
    current: current === undefined ? undefined : platform.tokens.find(current),
    previous: previous === undefined ? undefined : platform.tokens.find(previous),
  })
  const { forcedAt, forcesToday, ...stable } = platform.stableTokens.state(appid)
  return {
    app,
    legacy: pair(platform.legacyTokens.pair(appid)),
    stable: { ...pair(stable), forcedAt, forcesToday },
    qq: pair(platform.qqTokens.pair(appid)),
    tickets: {
      jsapi: platform.tickets.current(appid, 'jsapi'),
      wx_card: platform.tickets.current(appid, 'wx_card'),
    },
    user: {
      id: user.id,
      openid,
      unionid,
      session: platform.sessions.live(app, user.id),
      userKeys: platform.userKeys.list(app, user.id),
    },
  }
}
