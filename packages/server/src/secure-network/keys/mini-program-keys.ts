import { createKeySchedule, miniProgramSecret } from '@drawbridge/protocol'
import type { KeySchedule, Primitives, RequestHeader } from '@drawbridge/protocol'
import type { App, Bridge, Credential } from '@drawbridge/bridge'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import { findBinding } from '../bindings.ts'
import { isRefused, refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { CodeOpenids } from './code-openids.ts'
import type { FoundKey, KeyFinder, KeyRequest } from './key-finder.ts'
import { keyRefusal } from './key-refusal.ts'
import type { KeptSchedule, ScheduleCache } from './schedule-cache.ts'

const PLATFORM = 'mp-weixin'
/** A version lives an hour, and a message sealed with it may be under way when it ends. */
const LIFETIME_MS = 3_600_000
const GRACE_MS = 300_000
const KEY_BYTES = 16
/** Before the login code of a client that was never told its openid. */
const CODE = '@'
const OPENID_MAX_CHARS = 128

/** What a mini program's keys are found with. */
export interface MiniProgramKeysDeps {
  readonly bridge: Pick<Bridge, 'apps' | 'get' | 'peek'>
  readonly cache: ScheduleCache
  readonly primitives: Primitives
  /** ms since epoch. */
  readonly now: () => number
  /** Counts, by address, lookups that may end at WeChat. */
  readonly asks: RateLimiter
  /** Whose a login code was; undefined: this server has no logins, and knows users by openid alone. */
  readonly codes?: CodeOpenids
}

/**
 * WeChat's key of one user of one mini program, at exactly the version that the header names. The app has to be one that
 * the space, the applications list and the bridge all know, and the user has to have a session: otherwise nothing is
 * asked of WeChat. What is asked is bounded by the bridge: two calls a minute and user, none for a version that cannot
 * be.
 */
export function createMiniProgramKeys({ bridge, cache, primitives, now, asks, codes }: MiniProgramKeysDeps): KeyFinder {
  async function look(
    { header, address }: Pick<KeyRequest, 'header' | 'address'>,
    user: { readonly app: App; readonly openid: string; readonly version: number },
    before: KeptSchedule | undefined,
  ): Promise<KeptSchedule | Refused> {
    const { app, openid } = user
    const key = { kind: 'encrypt_key', ...user } as const
    try {
      const session = await bridge.get({ kind: 'session_key', app, openid })
      if (session === null) return refuse('ENCRYPT_KEY_UNAVAILABLE', 'the user has no session key: a login is needed')
      let credential: Credential | null | undefined = bridge.peek(key)
      if (!credential) {
        asks.take(address)
        credential = await bridge.get(key)
      }
      return credential ? kept(credential, header, before) : refuse('ENCRYPT_KEY_UNKNOWN', 'no such version')
    } catch (error) {
      return keyRefusal(error)
    }
  }

  function kept(credential: Credential, header: RequestHeader, before: KeptSchedule | undefined) {
    const material = materialOf(credential.value)
    if (!material) return refuse('ENCRYPT_KEY_UNAVAILABLE', 'the stored key is not 16 bytes with an iv of 16')
    const acceptedUntil = acceptedUntilOf(credential)
    if (now() >= acceptedUntil) return refuse('ENCRYPT_KEY_UNKNOWN', 'the version ended more than five minutes ago')
    const name = `${material.encryptKey.toString('base64')}.${material.iv.toString('base64')}`
    if (before?.material === name) return { ...before, acceptedUntil }
    const schedule = scheduleOf(material, header)
    return schedule
      ? { schedule, material: name, acceptedUntil }
      : refuse('ENVELOPE_REJECTED', 'this server lacks the suite')
  }

  function scheduleOf(material: Material, header: RequestHeader): KeySchedule | undefined {
    const { suite, keyKind, keyId, appId, subject } = header
    const secret = miniProgramSecret(primitives, suite, material)
    // A copy: what came in is a view into the request's bytes, and the schedule outlives it.
    const context = { suite, keyKind, keyId: Uint8Array.from(keyId), appId, subject }
    return secret && createKeySchedule(primitives, context, { secret })
  }

  return {
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
      const findFor = (openid: string): FoundKey | Refused | Promise<FoundKey | Refused> => {
        const sender = { platform: PLATFORM, version: app.version, level: 0, wxAppid, openid } as const
        const name = `${header.suite} ${version} ${header.appId} ${header.subject}`
        const found = cache.get(name, (before) => look(request, { app: app.app, openid, version }, before))
        return found instanceof Promise ? found.then((one) => foundKey(one, sender)) : foundKey(found, sender)
      }
      if (!who.startsWith(CODE)) return findFor(who)
      const openid = codes?.find(request.space, wxAppid, who.slice(CODE.length))
      return openid instanceof Promise ? openid.then(orUnknown(findFor)) : orUnknown(findFor)(openid)
    },
  }
}

function orUnknown<Result>(find: (openid: string) => Result): (openid: string | undefined) => Result | Refused {
  return (openid) =>
    openid === undefined
      ? refuse('USER_OPENID_MISSING', 'the login code is not known, or its time is up')
      : find(openid)
}

function foundKey(found: KeptSchedule | Refused, sender: FoundKey['sender']): FoundKey | Refused {
  return isRefused(found) ? found : { schedule: found.schedule, sender }
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

function isOpenid(openid: string): boolean {
  return openid !== '' && openid.length <= OPENID_MAX_CHARS && openid === openid.trim() && openid.isWellFormed()
}

function versionOf(keyId: Uint8Array): number {
  return new DataView(keyId.buffer, keyId.byteOffset, keyId.byteLength).getUint32(0)
}

/** A version that WeChat lists as ended is good for messages under way, and for nothing older. */
function acceptedUntilOf({ expiresAt, createdAt }: Credential): number {
  const end = expiresAt ?? Number.POSITIVE_INFINITY
  return Math.min(end, createdAt === undefined ? end : createdAt + LIFETIME_MS) + GRACE_MS
}

interface Material {
  readonly encryptKey: Buffer
  readonly iv: Buffer
}

function materialOf(value: Credential['value']): Material | undefined {
  if (Array.isArray(value)) return undefined
  const { encrypt_key: key, iv: salt } = value as Readonly<Record<string, unknown>>
  if (typeof key !== 'string' || typeof salt !== 'string') return undefined
  const encryptKey = Buffer.from(key, 'base64')
  const iv = Buffer.from(salt, 'utf8')
  return encryptKey.length === KEY_BYTES && iv.length === KEY_BYTES ? { encryptKey, iv } : undefined
}
