import { Refusal } from '../errors/refusal.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { App } from './apps.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { Member } from './users.ts'

/** A js_code: five minutes, one use, bound to the key that was the user's when it was made. */
export interface LoginCode {
  readonly appid: string
  readonly member: Member
  readonly sessionKey: string
  readonly expiresAt: number
  readonly used: boolean
}

/** The state machine of login codes. */
export interface LoginCodes {
  mint(app: App, member: Member, sessionKey: string): string
  /** The code, not yet used up. Throws the refusals 40029 (unknown, expired, foreign) and 40163 (used before). */
  check(app: App, code: string): LoginCode
  /** Marks a code as used. */
  useUp(code: string): void
}

/** Life of login, phone and OAuth codes. */
export const CODE_LIFETIME_MS = 300_000

const REMEMBERED_CODES = 50_000

/** Keeps the codes. */
export function createLoginCodes(deps: {
  readonly now: () => number
  readonly make: (label: string) => string
  readonly switches: SwitchBoard
}): LoginCodes {
  const { now, make, switches } = deps
  const codes = createBoundedMap<string, LoginCode>(REMEMBERED_CODES)

  return {
    useUp(code) {
      const found = codes.get(code)
      if (found !== undefined) codes.set(code, { ...found, used: true })
    },
    mint(app, member, sessionKey) {
      const code = make(`login ${app.appid} ${member.user.id}`)
      const expiresAt = now() + CODE_LIFETIME_MS
      codes.set(code, { appid: app.appid, member, sessionKey, expiresAt, used: false })
      return code
    },
    check(app, code) {
      const found = codes.get(code)
      if (found === undefined || found.appid !== app.appid || now() >= found.expiresAt) throw new Refusal(40029)
      if (found.used) throw new Refusal(switches.get('codeReplayErrcode', app))
      return found
    },
  }
}
