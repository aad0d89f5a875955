import type { App } from './apps.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { Member } from './users.ts'

/** The login session of one user in one app. Moments in ms since the epoch. */
export interface Session {
  readonly key: string
  readonly expiresAt: number
  readonly rotatedAt: number
  /** The key that was bound to the last code handed out. */
  readonly lastCodeKey: string
}

/** The state machine of session_key: one valid key per user and app at a time. */
export interface Sessions {
  /** A code is being made for this user: decides on rotation right then and returns the key that the code stands for. */
  onCode(app: App, member: Member): string
  /** The live session; undefined when there is none or it has idled out. */
  live(app: App, userId: string): Session | undefined
  /** The session was used: its idle end moves. */
  touch(app: App, userId: string): void
  /** A new key with the old end; undefined without a live session. */
  reset(app: App, userId: string): string | undefined
  /** A new key at once, as another login elsewhere makes it. */
  rotate(app: App, userId: string): string
  /** Ends the session now. */
  end(app: App, userId: string): void
  /** Does the client's checkSession succeed: is the key of the last code still the live one? */
  lastCodeIsAlive(app: App, userId: string): boolean
}

/** Keeps the sessions. `onNewKey` is told when a user gets another key. */
export function createSessions(deps: {
  readonly now: () => number
  readonly make: (appid: string, userId: string) => string
  readonly switches: SwitchBoard
  readonly onNewKey: (app: App, userId: string) => void
}): Sessions {
  const { now, make, switches, onNewKey } = deps
  const sessions = new Map<string, Session>()
  const place = (app: App, userId: string): string => `${app.appid}\n${userId}`
  const idleEnd = (app: App): number => now() + switches.get('sessionIdleSeconds', app) * 1000

  const live = (app: App, userId: string): Session | undefined => {
    const session = sessions.get(place(app, userId))
    return session !== undefined && now() < session.expiresAt ? session : undefined
  }
  const newKey = (app: App, userId: string, rest: Omit<Session, 'key' | 'rotatedAt'>): Session => {
    const session = { ...rest, key: make(app.appid, userId), rotatedAt: now() }
    sessions.set(place(app, userId), session)
    onNewKey(app, userId)
    return session
  }
  const mayRotate = (app: App, session: Session): boolean => {
    const minSeconds = switches.get('sessionMinRotateSeconds', app)
    return minSeconds >= 0 && now() - session.rotatedAt >= minSeconds * 1000
  }

  return {
    live,
    onCode(app, { user }) {
      const session = live(app, user.id)
      const fresh =
        session === undefined || mayRotate(app, session)
          ? newKey(app, user.id, { expiresAt: idleEnd(app), lastCodeKey: '' })
          : session
      sessions.set(place(app, user.id), { ...fresh, expiresAt: idleEnd(app), lastCodeKey: fresh.key })
      return fresh.key
    },
    touch(app, userId) {
      const session = live(app, userId)
      if (session !== undefined) sessions.set(place(app, userId), { ...session, expiresAt: idleEnd(app) })
    },
    reset(app, userId) {
      const session = live(app, userId)
      return session === undefined ? undefined : newKey(app, userId, session).key
    },
    rotate(app, userId) {
      const session = live(app, userId) ?? { expiresAt: idleEnd(app), lastCodeKey: '' }
      return newKey(app, userId, session).key
    },
    end: (app, userId) => void sessions.delete(place(app, userId)),
    lastCodeIsAlive(app, userId) {
      const session = live(app, userId)
      return session !== undefined && session.lastCodeKey === session.key
    },
  }
}
