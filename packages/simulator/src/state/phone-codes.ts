import { Refusal } from '../errors/refusal.ts'
import type { App } from './apps.ts'
import { createBoundedMap } from './bounded-map.ts'
import { CODE_LIFETIME_MS } from './login-codes.ts'
import type { SwitchBoard } from './switch-board.ts'
import type { Member } from './users.ts'

/** The codes of the phone number button: 64 hex characters, five minutes, one use. */
export interface PhoneCodes {
  mint(app: App, member: Member): string
  /** Uses the code up. Throws 40029 (unknown, expired, used), 40013 (another app's), or the switch's code for a wrong openid. */
  exchange(app: App, code: string, openid: string | undefined): Member
}

interface PhoneCode {
  readonly appid: string
  readonly member: Member
  readonly expiresAt: number
}

/** Keeps the phone codes. */
export function createPhoneCodes(deps: {
  readonly now: () => number
  readonly make: (appid: string) => string
  readonly switches: SwitchBoard
}): PhoneCodes {
  const { now, make, switches } = deps
  const codes = createBoundedMap<string, PhoneCode>(50_000)
  return {
    mint(app, member) {
      const code = make(app.appid)
      codes.set(code, { appid: app.appid, member, expiresAt: now() + CODE_LIFETIME_MS })
      return code
    },
    exchange(app, code, openid) {
      const found = codes.get(code)
      if (found === undefined || now() >= found.expiresAt) throw new Refusal(40029)
      if (found.appid !== app.appid) throw new Refusal(40013)
      if (openid !== undefined && openid !== found.member.openid) {
        throw new Refusal(switches.get('phoneCodeWrongOpenidErrcode', app))
      }
      codes.delete(code)
      return found.member
    },
  }
}
