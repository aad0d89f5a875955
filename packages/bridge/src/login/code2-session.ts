import type { App } from '../credential.ts'
import { requiredText, textField } from '../providers/text-field.ts'
import type { Upstream } from '../providers/upstream.ts'

/** Who a login code of a mini program belongs to. */
export interface WeixinSession {
  readonly openid: string
  /** Only where the app belongs to an Open Platform account. */
  readonly unionid?: string
  /** base64 of 16 bytes; a secret. */
  readonly sessionKey: string
}

/**
 * `GET /sns/jscode2session`: a code of `wx.login` (good for five minutes, once) for the user and the session key.
 * Throws what `Upstream.call` throws: 40029 (unknown or expired), 40163 (used), 40226 (refused by risk control).
 */
export async function code2Session(app: App, code: string, upstream: Upstream): Promise<WeixinSession> {
  const answer = await upstream.call({
    app,
    host: 'weixin',
    method: 'GET',
    path: '/sns/jscode2session',
    query: { appid: app.appid, secret: app.secret, js_code: code, grant_type: 'authorization_code' },
  })
  const unionid = textField(answer, 'unionid')
  return {
    openid: requiredText(answer, 'openid'),
    sessionKey: requiredText(answer, 'session_key'),
    ...(unionid !== undefined && unionid !== '' && { unionid }),
  }
}
