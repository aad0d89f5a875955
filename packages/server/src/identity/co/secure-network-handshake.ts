import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { identityAppFor } from '../identity-config.ts'
import type { IdentityConfig } from '../identity-config.ts'
import type { WeixinAccount } from '../weixin/weixin-accounts.ts'
import { weixinAppOf, weixinPlatformOf } from '../weixin/weixin-platform.ts'
import { textParam } from './co-call.ts'
import type { CoCall } from './co-call.ts'
import type { CoDeps } from './co-deps.ts'
import { loginByWeixin } from './login-by-weixin.ts'
import { reported } from './reported.ts'

/** How long a code names its user after the last use, s, where the configuration gives mini programs' tokens no life. */
const HANDLE_LIFETIME_S = 3 * 24 * 3600

/**
 * `secureNetworkHandshakeByWeixin({code, callLoginByWeixin?})` of mini programs: the session key goes to the bridge, and
 * the code names the user to the secure network from now on. Gives `{errCode: 0}`, or with `callLoginByWeixin` what
 * `loginByWeixin` gives; never the openid.
 */
export async function secureNetworkHandshake(deps: CoDeps, call: CoCall): Promise<JsonObject> {
  const { space, client, params } = call
  const code = textParam(params, 'code')
  const platform = weixinPlatformOf(client)
  if (platform !== 'mp') throw new DrawbridgeError('LOGIN_PLATFORM_UNSUPPORTED', { platform })
  const keep = async ({ app, openid, unionid }: WeixinAccount, good: string): Promise<void> => {
    const holder = { openid, ...(unionid !== undefined && { unionid }) }
    await deps.handles.keep(space, app.appid, good, holder, handleLifetimeMs(deps.config, client.appId))
  }
  if (params['callLoginByWeixin'] === true) return loginByWeixin(deps, call, keep)

  const app = weixinAppOf(deps.bridge, client, platform)
  return reported(deps, { type: 'handshake', spaceId: space.spaceId, platform }, async () => {
    await keep(await deps.accounts.exchange({ app, platform, code, ip: client.ip }), code)
    return { errCode: 0 }
  })
}

/** As long as a mini program's token lives; without login there is no such life, and the secure network works all the same. */
function handleLifetimeMs(config: IdentityConfig, appId: string): number {
  const app = config.apps.length === 0 ? undefined : identityAppFor(config, appId)
  return (app?.platformLifetimes['mp-weixin']?.expiresIn ?? HANDLE_LIFETIME_S) * 1000
}
