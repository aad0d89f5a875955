import { Refusal } from '../errors/refusal.ts'
import { weixinTypes } from './endpoint.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /sns/auth: is the user's OAuth token good for this openid? */
export const snsAuth: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/sns/auth',
  types: weixinTypes,
  auth: 'none',
  en: "Web OAuth: is the user's access_token good for this openid?",
  zh: '网页授权：校验用户的 access_token 与 openid 是否有效。',
  answer({ call, platform }) {
    const grant = platform.oauth.check(call.query['access_token'])
    if (call.query['openid'] !== grant.member.openid) throw new Refusal(40003)
    return { errcode: 0, errmsg: 'ok' }
  },
}
