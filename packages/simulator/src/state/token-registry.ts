import { createBoundedMap } from './bounded-map.ts'

/** Which of the isolated families a token belongs to. */
export type TokenFamily = 'legacy' | 'stable' | 'qq'

/** One access_token that the platform has handed out. Moments in ms since the epoch. */
export interface IssuedToken {
  readonly value: string
  readonly appid: string
  readonly family: TokenFamily
  readonly issuedAt: number
  /** The end of its own life. */
  readonly expiresAt: number
  /** When it stops working: its own end, or earlier once it was superseded or revoked. */
  readonly diesAt: number
}

/** Every token that is alive, and the latest of the dead. */
export interface TokenRegistry {
  issue(input: { readonly appid: string; readonly family: TokenFamily; readonly lifetimeMs: number }): IssuedToken
  find(value: string): IssuedToken | undefined
  isLive(value: string | undefined): boolean
  /** Ends a token at a moment, never later than it would have ended. */
  endAt(value: string | undefined, moment: number): void
}

const REMEMBERED_TOKENS = 20_000

/** Keeps the tokens; `make` draws the text of a new one. */
export function createTokenRegistry(
  now: () => number,
  make: (appid: string, family: TokenFamily) => string,
): TokenRegistry {
  const tokens = createBoundedMap<string, IssuedToken>(REMEMBERED_TOKENS, (token) => now() < token.diesAt)

  return {
    issue({ appid, family, lifetimeMs }) {
      const issuedAt = now()
      const expiresAt = issuedAt + lifetimeMs
      const token = { value: make(appid, family), appid, family, issuedAt, expiresAt, diesAt: expiresAt }
      tokens.set(token.value, token)
      return token
    },
    find: (value) => tokens.get(value),
    isLive(value) {
      const token = value === undefined ? undefined : tokens.get(value)
      return token !== undefined && now() < token.diesAt
    },
    endAt(value, moment) {
      const token = value === undefined ? undefined : tokens.get(value)
      if (token !== undefined) tokens.set(token.value, { ...token, diesAt: Math.min(token.diesAt, moment) })
    },
  }
}
