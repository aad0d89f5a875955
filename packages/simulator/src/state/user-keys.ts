import type { App } from './apps.ts'
import type { SwitchBoard } from './switch-board.ts'

/** One version of a user's encrypt key. Moments in ms since the epoch. */
export interface UserKey {
  /** 16 bytes as base64 text. */
  readonly encryptKey: string
  /** 16 characters, used as 16 bytes of text. */
  readonly iv: string
  readonly version: number
  readonly createdAt: number
  readonly expiresAt: number
}

/** What a pushed key may fix; the rest is drawn. */
export interface UserKeyInput {
  readonly encryptKey?: string | undefined
  readonly iv?: string | undefined
  readonly version?: number | undefined
  readonly lifetimeMs?: number | undefined
}

/** The state machine of user encrypt keys: made on the client's demand, an hour each, the last three kept. */
export interface UserKeys {
  /** What the client's getLatestUserKey gets: the newest alive, else a new version. */
  latest(app: App, userId: string): UserKey
  /** Newest first, at most three, ended ones included. */
  list(app: App, userId: string): readonly UserKey[]
  /** A new version now, whether or not the newest is alive. */
  push(app: App, userId: string, input?: UserKeyInput): UserKey
  /** Ends all versions now. */
  end(app: App, userId: string): void
  /** Forgets all versions. */
  forget(app: App, userId: string): void
}

const KEY_LIFETIME_MS = 3_600_000
const VERSIONS_KEPT = 3

/** Keeps the keys. */
export function createUserKeys(deps: {
  readonly now: () => number
  readonly makeKey: (appid: string, userId: string) => string
  readonly makeIv: (appid: string, userId: string) => string
  readonly switches: SwitchBoard
}): UserKeys {
  const { now, makeKey, makeIv, switches } = deps
  const keys = new Map<string, readonly UserKey[]>()
  const place = (app: App, userId: string): string => `${app.appid}\n${userId}`
  const list = (app: App, userId: string): readonly UserKey[] => keys.get(place(app, userId)) ?? []

  const push = (app: App, userId: string, input: UserKeyInput = {}): UserKey => {
    const former = list(app, userId)
    const key: UserKey = {
      encryptKey: input.encryptKey ?? makeKey(app.appid, userId),
      iv: input.iv ?? makeIv(app.appid, userId),
      version: input.version ?? (former[0]?.version ?? 0) + 1,
      createdAt: now(),
      expiresAt: now() + (input.lifetimeMs ?? KEY_LIFETIME_MS),
    }
    keys.set(place(app, userId), [key, ...former].slice(0, VERSIONS_KEPT))
    return key
  }

  return {
    list,
    push,
    latest(app, userId) {
      const newest = list(app, userId)[0]
      const staleMs = switches.get('encryptKeyStaleSeconds', app) * 1000
      return newest !== undefined && now() < newest.expiresAt + staleMs ? newest : push(app, userId)
    },
    end(app, userId) {
      const ended = list(app, userId).map((key) => ({ ...key, expiresAt: Math.min(key.expiresAt, now()) }))
      keys.set(place(app, userId), ended)
    },
    forget: (app, userId) => void keys.delete(place(app, userId)),
  }
}
