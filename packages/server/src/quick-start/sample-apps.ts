import type { App } from '@drawbridge/bridge'

/** The DCloud app of the quick start. */
export const sampleDcloudAppid = '__UNI__D4A3B1D'

/** Apps that exist in the simulator beside the quick start and nowhere else; their secrets open nothing. */
export const sampleApps: readonly App[] = [
  sample('weixin-mp', 'wx1111111111111111', '1'.repeat(32), 'stable'),
  sample('weixin-h5', 'wx2222222222222222', '2'.repeat(32), 'stable'),
  sample('qq-mp', '1111111111', '6'.repeat(32), 'legacy'),
]

function sample(platform: App['platform'], appid: string, secret: string, tokenEndpoint: App['tokenEndpoint']): App {
  return { platform, appid, secret, dcloudAppid: sampleDcloudAppid, tokenEndpoint }
}

/** The quick start's configuration, in the words of `drawbridge.config.json`. */
export function sampleConfigText(options: { readonly connectCode: string; readonly simulatorUrl: string }): string {
  const { connectCode, simulatorUrl } = options
  return JSON.stringify({
    production: false,
    apps: sampleApps.map((app) => ({
      ...app,
      tasks: app.platform === 'weixin-h5' ? ['accessToken', 'ticket'] : ['accessToken'],
    })),
    callers: { s2s: { type: 'connectCode', connectCode } },
    upstream: { weixin: simulatorUrl, qq: simulatorUrl, graphQq: simulatorUrl },
    logLevel: 'warn',
  })
}
