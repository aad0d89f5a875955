import type { App } from '../credential.ts'
import { lifetimeMs } from '../providers/lifetime-ms.ts'
import { requiredText, textField } from '../providers/text-field.ts'
import type { Upstream } from '../providers/upstream.ts'

/** What an authorisation code of an official account, a website or a mobile app is good for. */
export interface WeixinGrant {
  readonly openid: string
  /** Only with scope snsapi_userinfo or snsapi_login, where the app belongs to an Open Platform account. */
  readonly unionid?: string
  /** The user's own token; a secret. */
  readonly accessToken: string
  /** A secret. */
  readonly refreshToken?: string
  /** When `accessToken` ends, ms since epoch. */
  readonly expiresAt: number
  /** `snsapi_base`, `snsapi_userinfo`, `snsapi_login`; several are joined by commas. */
  readonly scope: string
  /** A virtual account of the snapshot page: nobody's identity. */
  readonly isSnapshotUser: boolean
}

/**
 * `GET /sns/oauth2/access_token`: an authorisation code (good for five minutes, once) for the user and the user's own
 * tokens. Throws what `Upstream.call` throws: 40029 (unknown or expired), 40163 (used).
 */
export async function exchangeOAuthCode(
  app: App,
  code: string,
  { upstream, now }: { readonly upstream: Upstream; readonly now: () => number },
): Promise<WeixinGrant> {
  const startedAt = now()
  const answer = await upstream.call({
    app,
    host: 'weixin',
    method: 'GET',
    path: '/sns/oauth2/access_token',
    query: { appid: app.appid, secret: app.secret, code, grant_type: 'authorization_code' },
  })
  const unionid = textField(answer, 'unionid')
  const refreshToken = textField(answer, 'refresh_token')
  return {
    openid: requiredText(answer, 'openid'),
    accessToken: requiredText(answer, 'access_token'),
    expiresAt: startedAt + lifetimeMs(answer),
    scope: textField(answer, 'scope') ?? '',
    isSnapshotUser: Number(answer['is_snapshotuser'] ?? 0) === 1,
    ...(unionid !== undefined && unionid !== '' && { unionid }),
    ...(refreshToken !== undefined && refreshToken !== '' && { refreshToken }),
  }
}
