import type { App } from './apps.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { IssuedToken, TokenFamily, TokenRegistry } from './token-registry.ts'

/** The newest token of an app and the one before it. */
export interface TokenPair {
  readonly current: string | undefined
  readonly previous: string | undefined
}

/** Tokens that are minted anew on every call, each leaving the one before it five minutes. */
export interface MintingTokens {
  mint(app: App): IssuedToken
  pair(appid: string): TokenPair
  /** Ends both tokens now. */
  revoke(appid: string): void
}

/** Seconds that a superseded token goes on working. */
export const GRACE_MS = 300_000

/** Life of every app token. */
export const TOKEN_LIFETIME_MS = 7_200_000

/** The state machine of cgi-bin/token, and of QQ's getToken, which has the same text. */
export function createMintingTokens(deps: {
  readonly family: TokenFamily
  readonly registry: TokenRegistry
  readonly switches: SwitchBoard
  readonly now: () => number
}): MintingTokens {
  const { family, registry, switches, now } = deps
  const pairs = new Map<string, TokenPair>()
  const pair = (appid: string): TokenPair => pairs.get(appid) ?? { current: undefined, previous: undefined }

  return {
    pair,
    mint(app) {
      const { current, previous } = pair(app.appid)
      if (switches.get('legacyThirdTokenDropsFirst', app)) registry.endAt(previous, now())
      registry.endAt(current, now() + GRACE_MS)
      const token = registry.issue({ appid: app.appid, family, lifetimeMs: TOKEN_LIFETIME_MS })
      pairs.set(app.appid, { current: token.value, previous: current })
      return token
    },
    revoke(appid) {
      const { current, previous } = pair(appid)
      for (const value of [current, previous]) registry.endAt(value, now())
    },
  }
}
