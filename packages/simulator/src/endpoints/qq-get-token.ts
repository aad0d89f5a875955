import { secondsLeft } from '../clock/seconds.ts'
import { authenticateTokenCall } from './authenticate.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /api/getToken on QQ's host: a new token on every call; success carries errcode 0. */
export const qqGetToken: OpenEndpoint = {
  host: 'api.q.qq.com',
  path: '/api/getToken',
  types: ['qq-mp', 'qq-app'],
  auth: 'none',
  en: 'QQ: a new access_token on every call; the one before it lives five more minutes.',
  zh: 'QQ：每次调用都生成新的 access_token；上一个继续有效五分钟。',
  answer(entry) {
    const { platform } = entry
    const app = authenticateTokenCall(entry.call.query, entry, this.types)
    platform.limits.spend(this.path, app)
    const token = platform.qqTokens.mint(app)
    const expiresIn = secondsLeft(token.expiresAt, platform.clock.now())
    return { access_token: token.value, expires_in: expiresIn, errcode: 0, errmsg: 'ok' }
  },
}
