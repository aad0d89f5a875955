import { secondsLeft } from '../clock/seconds.ts'
import { jsonBody } from '../http/call.ts'
import { authenticateTokenCall } from './authenticate.ts'
import { weixinTypes } from './endpoint.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** POST /cgi-bin/stable_token: the same token until its last five minutes; success carries no errcode. */
export const getStableAccessToken: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/stable_token',
  method: 'POST',
  types: weixinTypes,
  auth: 'none',
  en: 'The same access_token until its last five minutes; force_refresh within limits.',
  zh: '有效期最后五分钟之前返回同一 access_token；force_refresh 受次数与间隔限制。',
  answer(entry) {
    const { platform, call } = entry
    const fields = jsonBody(call)
    const app = authenticateTokenCall(fields, entry, this.types)
    platform.limits.spend(this.path, app)
    const { stableTokens } = platform
    const token = fields['force_refresh'] === true ? stableTokens.force(app) : stableTokens.normal(app)
    return { access_token: token.value, expires_in: secondsLeft(token.expiresAt, platform.clock.now()) }
  },
}
