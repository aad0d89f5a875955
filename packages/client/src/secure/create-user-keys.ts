import { base64urlDecode, createKeySchedule, miniProgramSecret, utf8Encode } from '@drawbridge/protocol'
import type { KeySchedule, Primitives, SuiteNumber } from '@drawbridge/protocol'
import { USER_KEY_UNAVAILABLE, clientError } from '../client-error.ts'
import type { UserKey, Weixin } from '../host.ts'
import { shareRunning } from '../share-running.ts'

/** A key is not used in its last minute: it would end under way. */
const MARGIN_MS = 60_000

/** The schedule of the user's newest key, kept in memory alone. */
export interface UserKeys {
  /** Throws 20102. @param subject `wxAppId:openid`, or `wxAppId:@code` */
  current(subject: string): Promise<KeySchedule>
  /** This schedule is good no more: the next call asks the host. */
  drop(schedule: KeySchedule): void
}

/** @param now the server's clock */
export function createUserKeys(deps: {
  readonly weixin: Weixin
  readonly primitives: Primitives
  readonly suite: SuiteNumber
  readonly appId: string
  readonly now: () => number
}): UserKeys {
  const { weixin, now } = deps
  let kept: { readonly schedule: KeySchedule; readonly subject: string; readonly until: number } | undefined
  const ask = shareRunning(() => weixin.userKey())

  return {
    async current(subject) {
      if (kept && kept.subject === subject && now() < kept.until) return kept.schedule
      const key = await ask().catch((cause: unknown) => {
        throw clientError(USER_KEY_UNAVAILABLE, cause)
      })
      const schedule = scheduleOf(deps, key, subject)
      if (!schedule) throw clientError(USER_KEY_UNAVAILABLE)
      const { expireTime } = key
      kept = { schedule, subject, until: (expireTime < 1e11 ? expireTime * 1000 : expireTime) - MARGIN_MS }
      return schedule
    },
    drop(schedule) {
      if (kept && kept.schedule === schedule) kept = undefined
    },
  }
}

function scheduleOf(
  {
    primitives,
    suite,
    appId,
  }: { readonly primitives: Primitives; readonly suite: SuiteNumber; readonly appId: string },
  { encryptKey: text, iv: salt, version }: UserKey,
  subject: string,
): KeySchedule | undefined {
  const encryptKey = base64urlDecode(text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''))
  const iv = utf8Encode(salt)
  if (!encryptKey || encryptKey.length !== 16 || iv.length !== 16 || !(version > 0)) return undefined
  const secret = miniProgramSecret(primitives, suite, { encryptKey, iv })
  const keyId = new Uint8Array(4)
  new DataView(keyId.buffer).setUint32(0, version)
  return secret && createKeySchedule(primitives, { suite, keyKind: 'mp', keyId, appId, subject }, { secret })
}
