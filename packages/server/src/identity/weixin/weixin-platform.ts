import type { App, Bridge, PlatformId } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Client } from '../client-of.ts'

/** The four ways into WeChat's login, named as uni-id names them. */
export type WeixinPlatform = 'mp' | 'h5' | 'web' | 'app'

const platformIds: Readonly<Record<WeixinPlatform, PlatformId>> = {
  mp: 'weixin-mp',
  h5: 'weixin-h5',
  web: 'weixin-web',
  app: 'weixin-app',
}

/** Which way a client logs in; a web page inside WeChat is an official account's. Throws `LOGIN_PLATFORM_UNSUPPORTED`. */
export function weixinPlatformOf({ platform, userAgent }: Client): WeixinPlatform {
  if (platform === 'mp-weixin') return 'mp'
  if (platform === 'app') return 'app'
  if (platform === 'web') return userAgent.includes('MicroMessenger') ? 'h5' : 'web'
  throw new DrawbridgeError('LOGIN_PLATFORM_UNSUPPORTED', {})
}

/** The WeChat app that a client logs in to. Throws `APP_UNKNOWN`. */
export function weixinAppOf({ apps }: Pick<Bridge, 'apps'>, { appId }: Client, platform: WeixinPlatform): App {
  return apps.resolve(appId, platformIds[platform])
}
