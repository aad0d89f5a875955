import { Refusal } from '../errors/refusal.ts'
import { jsonBody } from '../http/call.ts'
import { authenticateApp } from './authenticate.ts'
import { weixinTypes } from './endpoint.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** POST /cgi-bin/clear_quota/v2: the same by AppSecret, which the page shows in the query and lists in the body. */
export const clearQuotaByAppSecret: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/clear_quota/v2',
  method: 'POST',
  types: weixinTypes,
  auth: 'none',
  en: 'The same by AppSecret (`appid`, `appsecret` in query or body), without an access_token.',
  zh: '同上，使用 AppSecret（`appid`、`appsecret` 在查询串或正文中），无需 access_token。',
  answer({ call, platform }) {
    const fields: Readonly<Record<string, unknown>> =
      call.body.length > 0 ? { ...call.query, ...jsonBody(call) } : call.query
    const app = authenticateApp({ appid: fields['appid'], secret: fields['appsecret'] }, platform, this.types)
    if (!platform.limits.take('clearQuotaMonthly', app.appid, platform.days.month())) throw new Refusal(48006)
    platform.limits.clear(app)
    return { errcode: 0, errmsg: 'ok' }
  },
}
