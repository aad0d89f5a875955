import { DrawbridgeError } from '@drawbridge/protocol'
import type { Apps } from './bridge.ts'
import type { App, PlatformId } from './credential.ts'

const PLATFORMS: ReadonlySet<string> = new Set<PlatformId>([
  'weixin-mp',
  'weixin-h5',
  'weixin-web',
  'weixin-app',
  'qq-mp',
  'qq-app',
])

/** Whether a string names one of the six platforms. */
export function isPlatformId(text: string): text is PlatformId {
  return PLATFORMS.has(text)
}

/**
 * The registry of configured apps. An app whose `dcloudAppid` is `*` serves every DCloud app
 * (a configuration that names none).
 */
export function createApps(apps: readonly App[]): Apps {
  return {
    resolve(dcloudAppid, platform) {
      const onPlatform = apps.filter((app) => app.platform === platform)
      const found =
        dcloudAppid === undefined
          ? onlyOne(onPlatform)
          : (onPlatform.find((app) => app.dcloudAppid === dcloudAppid) ??
            onPlatform.find((app) => app.dcloudAppid === '*'))
      if (found === undefined) throw new DrawbridgeError('APP_UNKNOWN', { platform: known(platform) })
      return found
    },
    byAppid: (platform, appid) => apps.find((app) => app.platform === platform && app.appid === appid),
    all: () => apps,
  }
}

function onlyOne(apps: readonly App[]): App | undefined {
  return apps.length === 1 ? apps[0] : undefined
}

// What a stranger typed does not go into an error as it is.
function known(platform: string): string {
  return isPlatformId(platform) ? platform : 'unknown'
}
