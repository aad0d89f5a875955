import type { OpenEndpoint } from './endpoint.ts'
import { exchangeLoginCode } from './exchange-login-code.ts'

/** GET /sns/jscode2session on QQ's host: the same, and success does carry errcode 0. */
export const qqCode2Session: OpenEndpoint = {
  host: 'api.q.qq.com',
  path: '/sns/jscode2session',
  types: ['qq-mp'],
  auth: 'none',
  en: 'QQ: a login code for openid and session_key.',
  zh: 'QQ：用登录 code 换取 openid 与 session_key。',
  answer(entry) {
    const { member, sessionKey } = exchangeLoginCode(entry, this)
    const union = member.unionid === undefined ? {} : { unionid: member.unionid }
    return { openid: member.openid, session_key: sessionKey, ...union, errcode: 0, errmsg: 'ok' }
  },
}
