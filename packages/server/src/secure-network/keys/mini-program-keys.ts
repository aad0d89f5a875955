import { createKeySchedule, miniProgramSecret } from '@drawbridge/protocol'
import type { KeySchedule, Primitives, RequestHeader } from '@drawbridge/protocol'
import type { App, Bridge } from '@drawbridge/bridge'
import { findBinding } from '../bindings.ts'
import { isRefused, refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { CodeOpenid, CodeOpenids } from './code-openids.ts'
import { isOpenid } from './is-openid.ts'
import type { FoundKey, KeyFinder, KeyRequest } from './key-finder.ts'
import type { KeptSchedule, ScheduleCache } from './schedule-cache.ts'
import { findUserKey } from './user-key.ts'
import type { UserKeyDeps } from './user-key.ts'
import { verdictReasons } from '../verdict-reasons.ts'

const PLATFORM = 'mp-weixin'
const KEY_BYTES: readonly number[] = [16]
/** Before the login code of a client that was never told its openid. */
const CODE = '@'

/** What a mini program's keys are found with. */
export interface MiniProgramKeysDeps extends UserKeyDeps {
  readonly bridge: UserKeyDeps['bridge'] & Pick<Bridge, 'apps'>
  readonly cache: ScheduleCache
  readonly primitives: Primitives
  /** Whose a login code was; undefined: this server has no logins, and knows users by openid alone. */
  readonly codes?: CodeOpenids
}

/**
 * WeChat's key of one user of one mini program, at exactly the version that the header names. The app has to be one that
 * the space, the applications list and the bridge all know, and the user has to have a session: otherwise nothing is
 * asked of WeChat.
 */
export function createMiniProgramKeys(deps: MiniProgramKeysDeps): KeyFinder {
  const { bridge, cache, primitives, codes } = deps

  async function look(
    { header, address }: Pick<KeyRequest, 'header' | 'address'>,
    user: { readonly app: App; readonly openid: string; readonly version: number },
    before: KeptSchedule | undefined,
  ): Promise<KeptSchedule | Refused> {
    const found = await findUserKey({ ...user, address, keyBytes: KEY_BYTES }, deps)
    if (isRefused(found)) return found
    const { key, iv, acceptedUntil } = found
    const material = `${key.toString('base64')}.${iv.toString('base64')}`
    if (before?.material === material) return { ...before, acceptedUntil }
    const schedule = scheduleOf({ encryptKey: key, iv }, header)
    return schedule
      ? { schedule, material, acceptedUntil }
      : refuse('ENVELOPE_REJECTED', verdictReasons.suiteMissing.reason)
  }

  function scheduleOf(
    material: { readonly encryptKey: Uint8Array; readonly iv: Uint8Array },
    header: RequestHeader,
  ): KeySchedule | undefined {
    const { suite, keyKind, keyId, appId, subject } = header
    const secret = miniProgramSecret(primitives, suite, material)
    // A copy: what came in is a view into the request's bytes, and the schedule outlives it.
    const context = { suite, keyKind, keyId: Uint8Array.from(keyId), appId, subject }
    return secret && createKeySchedule(primitives, context, { secret })
  }

  return {
    platform: PLATFORM,
    find(request) {
      const { header } = request
      const colon = header.subject.indexOf(':')
      const wxAppid = header.subject.slice(0, Math.max(colon, 0))
      const who = header.subject.slice(colon + 1)
      const app = appOf(request, bridge.apps.all(), wxAppid)
      if (isRefused(app)) return app
      if (!isOpenid(who)) return refuse('USER_OPENID_MISSING', 'the subject names no openid')
      const version = versionOf(header.keyId)
      if (version === 0) return refuse('ENCRYPT_KEY_UNKNOWN', 'versions begin with 1')
      const sender = { platform: PLATFORM, version: app.version, level: 0, wxAppid } as const
      const findFor = (
        openid: string,
        lengthen?: () => Promise<void>,
      ): FoundKey | Refused | Promise<FoundKey | Refused> => {
        const name = JSON.stringify([header.suite, version, header.appId, header.subject])
        const found = cache.get(name, (before) => look(request, { app: app.app, openid, version }, before))
        const rest = { sender: { ...sender, openid }, ...(lengthen && { onTaken: lengthen }) }
        return found instanceof Promise ? found.then((one) => foundKey(one, rest)) : foundKey(found, rest)
      }
      if (!who.startsWith(CODE)) return findFor(who)
      const code = who.slice(CODE.length)
      const findHolder = (holder: CodeOpenid | undefined): ReturnType<typeof findFor> => {
        if (!holder || !codes) return refuse('USER_OPENID_MISSING', 'the login code is not known, or its time is up')
        return findFor(holder.openid, holder.isAging ? () => codes.lengthen(request.space, wxAppid, code) : undefined)
      }
      const holder = codes?.find(request.space, wxAppid, code)
      return holder instanceof Promise ? holder.then(findHolder) : findHolder(holder)
    },
  }
}

function foundKey(found: KeptSchedule | Refused, rest: Omit<FoundKey, 'schedule'>): FoundKey | Refused {
  return isRefused(found) ? found : { schedule: found.schedule, ...rest }
}

/** The mini program, where everybody who has a say in it knows it as this app's. */
function appOf(
  { header: { appId }, space, policy }: KeyRequest,
  apps: readonly App[],
  wxAppid: string,
): { readonly app: App; readonly version: 'production' | 'development' } | Refused {
  const isSpaces = space.dcloudAppids?.includes(appId) ?? true
  const binding = findBinding(policy.apps, { appId, platform: PLATFORM, id: wxAppid })
  // In monitor mode what the list lacks is found out afterwards, by the policy.
  if ('code' in binding && policy.mode !== 'monitor') return refuse(binding.code, 'the applications list lacks the app')
  const app = isSpaces
    ? apps.find(
        (one) =>
          one.platform === 'weixin-mp' &&
          one.appid === wxAppid &&
          (one.dcloudAppid === appId || one.dcloudAppid === '*'),
      )
    : undefined
  if (!app) return refuse('APP_NOT_ASSOCIATED', 'no configured app of the space has this appId and WeChat appid')
  return { app, version: 'code' in binding ? 'development' : binding.version }
}

function versionOf(keyId: Uint8Array): number {
  return new DataView(keyId.buffer, keyId.byteOffset, keyId.byteLength).getUint32(0)
}
