import { createHash } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import { addressNetwork } from '../../callers/address-network.ts'
import { refusal } from '../refusal.ts'
import { createCallBudget } from './call-budget.ts'

/** A one-time code of WeChat's that a stranger brought. */
export interface StrangersCode {
  /** The app's WeChat appid. */
  readonly appid: string
  /** As the checks of `login-code.ts` let it through; undefined: it cannot be a code. */
  readonly code: string | undefined
  /** The stranger's address, or whatever else tells strangers apart. */
  readonly from: string
}

/** The one door for codes that strangers bring: it bounds what they can cost in calls to WeChat. */
export interface CodeExchange {
  /**
   * Runs `call` for the code, unless it is malformed, was refused already, or the stranger or the app has had too many.
   * Who brings the same code meanwhile gets the same answer. Throws `RATE_LIMITED`, and `LOGIN_REFUSED` with
   * `uni-id-get-third-party-account-failed` whatever went wrong with WeChat (in `cause`). Other errors of `call` pass.
   */
  exchange<Account>(code: StrangersCode, call: (code: string) => Promise<Account>): Promise<Account>
}

/** What the exchange is told. */
export interface CodeExchangeDeps {
  readonly refusedCodesPerMinute: number
  readonly weixinCallsPerMinute: number
  readonly now: () => number
}

/** What WeChat says of the code itself: unknown or expired, used, a user it does not let in. */
const REFUSED_CODES: ReadonlySet<unknown> = new Set([40029, 40163, 40226])
/** A code lives five minutes; refused for longer than that it stays refused for ever. */
const REMEMBERED_MS = 10 * 60_000
const REMEMBERED_MOST = 10_000

/** Puts the door together; its memory is this process'. */
export function createCodeExchange({
  refusedCodesPerMinute,
  weixinCallsPerMinute,
  now,
}: CodeExchangeDeps): CodeExchange {
  const strangers = createCallBudget({ perMinute: refusedCodesPerMinute, now })
  const apps = createCallBudget({ perMinute: weixinCallsPerMinute, now })
  const refusedUntil = new Map<string, number>()
  const running = new Map<string, Promise<unknown>>()

  function remember(name: string): void {
    for (const oldest of refusedUntil.keys()) {
      if (refusedUntil.size < REMEMBERED_MOST) break
      refusedUntil.delete(oldest)
    }
    refusedUntil.set(name, now() + REMEMBERED_MS)
  }

  async function ask<Account>(
    { appid, from }: StrangersCode,
    code: string,
    name: string,
    call: (code: string) => Promise<Account>,
  ): Promise<Account> {
    const giveBack = strangers.spend(addressNetwork(from))
    try {
      apps.spend(appid)
      const account = await call(code)
      giveBack()
      return account
    } catch (cause) {
      const errcode = cause instanceof DrawbridgeError ? cause.detail['errcode'] : undefined
      if (REFUSED_CODES.has(errcode)) remember(name)
      // What is no fault of the code's is none of the stranger's either.
      else giveBack()
      throw translated(cause)
    }
  }

  return {
    async exchange<Account>(strange: StrangersCode, call: (code: string) => Promise<Account>): Promise<Account> {
      const { code } = strange
      if (code === undefined) throw notAccepted(undefined)
      const name = createHash('sha256').update(`${strange.appid}\n${code}`).digest('hex')
      if ((refusedUntil.get(name) ?? 0) > now()) throw notAccepted(undefined)
      const known = running.get(name)
      // The name holds the app and the code, and one code goes to one endpoint: the account is of the same kind.
      if (known !== undefined) return (await known) as Account
      const asked = ask(strange, code, name, call).finally(() => running.delete(name))
      running.set(name, asked)
      return asked
    },
  }
}

function translated(cause: unknown): unknown {
  return cause instanceof DrawbridgeError && cause.code.startsWith('UPSTREAM_') ? notAccepted(cause) : cause
}

function notAccepted(cause: unknown): DrawbridgeError {
  return refusal('uni-id-get-third-party-account-failed', undefined, { cause })
}
