import type { TokenEndpoint } from './endpoint.ts'
import { checkSessionSigned } from './session-signed.ts'

/** GET /wxa/checksession: does the caller hold the user's live session_key? */
export const checkSession: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/wxa/checksession',
  types: ['mp'],
  auth: 'access_token',
  en: 'Is the session_key that the caller holds the live one?',
  zh: '校验调用方持有的 session_key 是否仍然有效。',
  answer(entry) {
    const { member } = checkSessionSigned(entry)
    entry.platform.sessions.touch(entry.app, member.user.id)
    return { errcode: 0, errmsg: 'ok' }
  },
}
