import type { App, CredentialKey, PlatformId } from '../credential.ts'
import { legacyToken } from './legacy-token.ts'
import type { Provider } from './provider.ts'
import { stableToken } from './stable-token.ts'
import { ticket } from './ticket.ts'

const weixinLegacyToken = legacyToken('weixin', '/cgi-bin/token')
const qqToken = legacyToken('qq', '/api/getToken')

/** How each platform hands out its application access_token, by the app's `tokenEndpoint`. */
const applicationToken: Readonly<Record<PlatformId, Readonly<Partial<Record<App['tokenEndpoint'], Provider>>>>> = {
  'weixin-mp': { stable: stableToken, legacy: weixinLegacyToken },
  'weixin-h5': { stable: stableToken, legacy: weixinLegacyToken },
  'weixin-web': { stable: stableToken, legacy: weixinLegacyToken },
  'weixin-app': { stable: stableToken, legacy: weixinLegacyToken },
  'qq-mp': { legacy: qqToken },
  'qq-app': {},
}

/** QQ hands out decimal appids; with any other it need not be asked. */
const QQ_APPID = /^\d{5,16}$/

/**
 * The provider of an application-level credential, or undefined when the platform cannot be asked for it.
 * The user-level kinds have their own ways: user-token.ts, user-encrypt-key.ts; a session key comes by login only.
 */
export function providerFor({ kind, app }: Pick<CredentialKey, 'kind' | 'app'>): Provider | undefined {
  if (kind === 'access_token') {
    if (app.platform.startsWith('qq-') && !QQ_APPID.test(app.appid)) return undefined
    return applicationToken[app.platform][app.tokenEndpoint]
  }
  if (kind === 'ticket' && app.platform.startsWith('weixin-')) return ticket
  return undefined
}
