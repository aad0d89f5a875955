import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'
import type { Call } from './call.ts'

/** The app that a call is made for, as far as it can be told before anything is checked. */
export function callingApp(call: Call, platform: Platform): App | undefined {
  const { apps, tokens, oauth, qqConnect } = platform
  const named = call.query['appid'] ?? appidInBody(call)
  if (named !== undefined) return apps.find(named)
  const token = call.query['access_token']
  if (token === undefined) return undefined
  const appid = tokens.find(token)?.appid ?? oauth.appidOf(token) ?? qqConnect.find(token)?.appid
  return appid === undefined ? undefined : apps.find(appid)
}

function appidInBody(call: Call): string | undefined {
  if (call.query['access_token'] !== undefined) return undefined
  return /"appid"\s*:\s*"([^"\\]*)"/.exec(call.body.toString('utf8', 0, 4096))?.[1]
}
