import { Refusal } from '../errors/refusal.ts'
import type { QuotaDays } from '../limits/quota-days.ts'
import type { App } from './apps.ts'
import { GRACE_MS, TOKEN_LIFETIME_MS } from './minting-tokens.ts'
import type { TokenPair } from './minting-tokens.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { IssuedToken, TokenRegistry } from './token-registry.ts'

/** What the platform knows of an app's stable tokens. */
export interface StableState extends TokenPair {
  /** When the last forced refresh was made; undefined: never. */
  readonly forcedAt: number | undefined
  readonly forcesToday: number
}

/** The state machine of cgi-bin/stable_token. */
export interface StableTokens {
  /** The same token until its last five minutes, then a new one while the former lives to its end. */
  normal(app: App): IssuedToken
  /** A new token; at most 20 a day and 30 s apart. */
  force(app: App): IssuedToken
  state(appid: string): StableState
  /** Ends both tokens now. With `keepServing` a normal call still answers the dead one, as a token killed elsewhere. */
  revoke(appid: string, keepServing: boolean): void
}

const FORCES_PER_DAY = 20
const FORCE_APART_MS = 30_000

interface Held extends StableState {
  readonly forceDay: number
}

const nothing: Held = { current: undefined, previous: undefined, forcedAt: undefined, forcesToday: 0, forceDay: -1 }

/** Keeps the stable tokens of every app. */
export function createStableTokens(deps: {
  readonly registry: TokenRegistry
  readonly switches: SwitchBoard
  readonly days: QuotaDays
  readonly now: () => number
}): StableTokens {
  const { registry, switches, days, now } = deps
  const states = new Map<string, Held>()
  const held = (appid: string): Held => states.get(appid) ?? nothing
  const currentOf = (appid: string): IssuedToken | undefined => {
    const { current } = held(appid)
    return current === undefined ? undefined : registry.find(current)
  }

  const rotate = (app: App, formerUntil: number, forced: boolean): IssuedToken => {
    const was = held(app.appid)
    registry.endAt(was.previous, now())
    registry.endAt(was.current, formerUntil)
    const token = registry.issue({ appid: app.appid, family: 'stable', lifetimeMs: TOKEN_LIFETIME_MS })
    const today = days.day()
    states.set(app.appid, {
      current: token.value,
      previous: was.current,
      forcedAt: forced ? now() : was.forcedAt,
      forceDay: forced ? today : was.forceDay,
      forcesToday: forced ? forcesOf(was, today) + 1 : was.forcesToday,
    })
    return token
  }

  const normal = (app: App): IssuedToken => {
    const current = currentOf(app.appid)
    // In the last five minutes a call is answered with a new token, and the former one keeps its own end.
    if (current === undefined || current.expiresAt - now() <= GRACE_MS) return rotate(app, Infinity, false)
    return current
  }

  const force = (app: App): IssuedToken => {
    const was = held(app.appid)
    if (was.forcedAt !== undefined && now() - was.forcedAt < FORCE_APART_MS) {
      if (switches.get('stableEarlyForce', app) === '45009') throw new Refusal(45009)
      return normal(app)
    }
    if (forcesOf(was, days.day()) >= FORCES_PER_DAY) {
      if (switches.get('stableForceOverDaily', app) === '45009') throw new Refusal(45009)
      return normal(app)
    }
    return rotate(app, now() + switches.get('stableForceGraceSeconds', app) * 1000, true)
  }

  return {
    normal,
    force,
    state: (appid) => {
      const { forceDay: _, ...state } = held(appid)
      return { ...state, forcesToday: forcesOf(held(appid), days.day()) }
    },
    revoke(appid, keepServing) {
      const was = held(appid)
      for (const value of [was.current, was.previous]) registry.endAt(value, now())
      if (!keepServing) states.set(appid, { ...was, current: undefined, previous: was.current })
    },
  }
}

function forcesOf(state: Held, today: number): number {
  return state.forceDay === today ? state.forcesToday : 0
}
