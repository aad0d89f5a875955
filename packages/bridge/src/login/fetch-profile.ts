import type { App } from '../credential.ts'
import { textField } from '../providers/text-field.ts'
import type { Upstream } from '../providers/upstream.ts'

/** What a user shows of themselves; empty where WeChat gives nothing. */
export interface WeixinProfile {
  readonly nickname: string
  /** Address of a picture, or empty. */
  readonly avatarUrl: string
}

/**
 * `GET /sns/userinfo`: the profile behind a user's own token; not with scope snsapi_base (48001).
 * Throws what `Upstream.call` throws.
 */
export async function fetchProfile(
  app: App,
  user: { readonly openid: string; readonly accessToken: string },
  upstream: Upstream,
): Promise<WeixinProfile> {
  const answer = await upstream.call({
    app,
    host: 'weixin',
    method: 'GET',
    path: '/sns/userinfo',
    query: { access_token: user.accessToken, openid: user.openid, lang: 'zh_CN' },
  })
  return { nickname: textField(answer, 'nickname') ?? '', avatarUrl: textField(answer, 'headimgurl') ?? '' }
}
