import { Refusal } from '../errors/refusal.ts'
import { weixinTypes } from './endpoint.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /sns/userinfo: the profile behind a user's OAuth token; sex and region have been empty since 2021-10-20. */
export const snsUserinfo: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/sns/userinfo',
  types: weixinTypes,
  auth: 'none',
  en: "Web OAuth: the user's profile (not with scope snsapi_base).",
  zh: '网页授权：用户资料（snsapi_base 不可用）。',
  answer({ call, platform }) {
    const grant = platform.oauth.check(call.query['access_token'])
    const app = platform.apps.find(grant.appid)
    if (app === undefined) throw new Refusal(40001)
    platform.limits.spend(this.path, app)
    const { openid, unionid, user } = grant.member
    if (call.query['openid'] !== openid) throw new Refusal(40003)
    if (grant.scope === 'snsapi_base') throw new Refusal(48001)
    return {
      openid,
      nickname: user.nickname,
      sex: 0,
      language: '',
      city: '',
      province: '',
      country: '',
      headimgurl: user.headimgurl,
      privilege: [],
      ...(unionid === undefined ? {} : { unionid }),
      ...(user.snapshot ? { is_snapshotuser: 1 } : {}),
    }
  },
}
