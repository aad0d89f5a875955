import type { App, Apps } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'

/**
 * The app that a path names, by the platform's appid or by the dcloudAppid. Throws `APP_UNKNOWN`. A configuration that
 * names no dcloudAppid serves every one of them; but only what looks like one, lest a mistyped appid find an app.
 */
export function resolveApp(apps: Apps, platform: string, name: string): App {
  const own = apps.byAppid(platform, name)
  if (own) return own
  if (name.startsWith('__UNI__') || apps.all().some(({ dcloudAppid }) => dcloudAppid === name)) {
    return apps.resolve(name, platform)
  }
  throw new DrawbridgeError('APP_UNKNOWN', { platform, app: name })
}
