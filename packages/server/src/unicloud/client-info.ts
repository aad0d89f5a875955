import type { Json, JsonObject } from '@drawbridge/runtime'

const TEXT_MAX_CHARS = 1024

/** What the stock client tells of itself, and no more: whatever else is sent reaches no function. */
const names = [
  ...['PLATFORM', 'OS', 'APPID', 'DEVICEID', 'LOCALE', 'locale', 'channel', 'scene'],
  ...['appId', 'appLanguage', 'appName', 'appVersion', 'appVersionCode', 'appWgtVersion'],
  ...['browserName', 'browserVersion', 'deviceBrand', 'deviceId', 'deviceModel', 'deviceType'],
  ...['osName', 'osVersion', 'romName', 'romVersion', 'ua', 'hostName', 'hostVersion'],
  ...['uniPlatform', 'uniRuntimeVersion', 'uniRuntimeVersionCode', 'uniCompilerVersion', 'uniCompilerVersionCode'],
] as const

/** The known names of a clientInfo whose values are texts, numbers or flags; all is the client's own word. */
export function readClientInfo(sent: Json | undefined): JsonObject {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return {}
  const said = sent as JsonObject
  const info: Record<string, Json> = {}
  for (const name of names) {
    const value = Object.hasOwn(said, name) ? said[name] : undefined
    if (typeof value === 'string') info[name] = value.slice(0, TEXT_MAX_CHARS)
    else if (typeof value === 'number' || typeof value === 'boolean') info[name] = value
  }
  return info
}
