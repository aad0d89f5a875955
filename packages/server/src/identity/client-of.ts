import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Space } from '../spaces/space.ts'

/** Who calls, as far as login cares. Everything but `ip` and `userAgent` is what the client says of itself. */
export interface Client {
  /** The DCloud appid; empty when none was named. */
  readonly appId: string
  /** `mp-weixin`, `web`, `app`, …: one name for each platform. */
  readonly platform: string
  readonly locale: string
  readonly ip: string
  readonly userAgent: string
  readonly info: JsonObject
}

const oneName: ReadonlyMap<string, string> = new Map([
  ['h5', 'web'],
  ['app-plus', 'app'],
  ['app-android', 'app'],
  ['app-ios', 'app'],
  ['app-harmony', 'app'],
])

const APP_ID = /^[\w-]{1,64}$/
const TEXT_MAX_CHARS = 200

/**
 * The client of a call. `named`: what a function says of its client instead. Throws `APP_UNKNOWN` when the space does
 * not serve the client's app.
 */
export function clientOf(space: Space, facts: CallFacts, named?: JsonObject): Client {
  const info = named ?? facts.clientInfo
  const appId = infoText(info, 'appId')
  const platform = infoText(info, 'uniPlatform') || infoText(info, 'platform')
  if (appId !== '' && !isServed(space, appId)) throw new DrawbridgeError('APP_UNKNOWN', { spaceId: space.spaceId })
  return {
    appId,
    platform: oneName.get(platform) ?? platform,
    locale: infoText(info, 'locale'),
    ip: facts.clientIp,
    userAgent: facts.userAgent,
    info,
  }
}

function isServed({ dcloudAppids }: Space, appId: string): boolean {
  return APP_ID.test(appId) && (dcloudAppids === undefined || dcloudAppids.includes(appId))
}

/** A text (or number, as text) that a client says of itself; empty when it is none; cut where nobody needs more. */
export function infoText(info: JsonObject, name: string): string {
  const value: Json | undefined = Object.hasOwn(info, name) ? info[name] : undefined
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.slice(0, TEXT_MAX_CHARS) : ''
}
