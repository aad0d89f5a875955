import { Refusal } from '../errors/refusal.ts'
import { text } from '../http/call.ts'
import type { OpenEndpoint } from './endpoint.ts'
import { grantAnswer } from './oauth-access-token.ts'

/** GET /sns/oauth2/refresh_token: the same access token with a new life while it lives, else a new one. */
export const oauthRefreshToken: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/sns/oauth2/refresh_token',
  types: ['oa', 'web', 'mobile', 'multi'],
  auth: 'none',
  en: "Web OAuth: a new life for the user's access_token.",
  zh: '网页授权：刷新用户的 access_token。',
  answer({ call, platform }) {
    const { query } = call
    const appid = text(query, 'appid')
    if (appid === undefined) throw new Refusal(41002)
    const app = platform.apps.find(appid)
    if (app === undefined || !this.types.includes(app.type)) throw new Refusal(40013)
    if (query['grant_type'] !== 'refresh_token') throw new Refusal(40002)
    platform.limits.spend(this.path, app)
    return grantAnswer(platform.oauth.refresh(app, text(query, 'refresh_token') ?? ''), platform.clock.now())
  },
}
