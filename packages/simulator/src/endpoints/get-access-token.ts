import { secondsLeft } from '../clock/seconds.ts'
import { authenticateTokenCall } from './authenticate.ts'
import { weixinTypes } from './endpoint.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /cgi-bin/token, or a form by POST: a new token on every call; success carries no errcode. */
export const getAccessToken: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/token',
  takesForm: true,
  types: weixinTypes,
  auth: 'none',
  en: 'A new access_token on every call; the one before it lives five more minutes.',
  zh: '每次调用都生成新的 access_token；上一个继续有效五分钟。',
  answer(entry) {
    const { platform } = entry
    const app = authenticateTokenCall(entry.call.query, entry, this.types)
    platform.limits.spend(this.path, app)
    const token = platform.legacyTokens.mint(app)
    return { access_token: token.value, expires_in: secondsLeft(token.expiresAt, platform.clock.now()) }
  },
}
