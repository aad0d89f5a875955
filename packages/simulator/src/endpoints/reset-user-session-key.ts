import { Refusal } from '../errors/refusal.ts'
import type { TokenEndpoint } from './endpoint.ts'
import { checkSessionSigned } from './session-signed.ts'

/** GET /wxa/resetusersessionkey: a new session_key that inherits the old one's end. */
export const resetUserSessionKey: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/wxa/resetusersessionkey',
  types: ['mp'],
  auth: 'access_token',
  en: "A new session_key with the old one's end; the old one is dead.",
  zh: '重置 session_key，沿用原有效期；旧 key 立即失效。',
  answer(entry) {
    const { member } = checkSessionSigned(entry)
    const sessionKey = entry.platform.sessions.reset(entry.app, member.user.id)
    if (sessionKey === undefined) throw new Refusal(87007)
    return { errcode: 0, errmsg: 'ok', openid: member.openid, session_key: sessionKey }
  },
}
