import type { OpenEndpoint } from './endpoint.ts'
import { exchangeLoginCode } from './exchange-login-code.ts'

/** GET /sns/jscode2session: a login code for openid and session_key; success carries no errcode. */
export const code2Session: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/sns/jscode2session',
  types: ['mp'],
  auth: 'none',
  en: 'A login code for openid, session_key and (with an Open Platform account) unionid.',
  zh: '用登录 code 换取 openid、session_key；绑定开放平台时含 unionid。',
  answer(entry) {
    const { member, sessionKey } = exchangeLoginCode(entry, this)
    const zero = entry.platform.switches.get('code2SessionErrcodeZero') ? { errcode: 0, errmsg: 'ok' } : {}
    const union = member.unionid === undefined ? {} : { unionid: member.unionid }
    return { session_key: sessionKey, openid: member.openid, ...union, ...zero }
  },
}
