import { Refusal } from '../errors/refusal.ts'
import { jsonBody, text } from '../http/call.ts'
import { weixinTypes } from './endpoint.ts'
import type { TokenEndpoint } from './endpoint.ts'
import { quotaPath } from './get-api-quota.ts'

/** POST /cgi-bin/openapi/quota/clear: one path's daily quota begins again; fifty times a month. */
export const clearQuotaOfPath: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/openapi/quota/clear',
  method: 'POST',
  types: weixinTypes,
  auth: 'access_token',
  apiSecurity: true,
  en: 'The daily quota of one path begins again; fifty times a month.',
  zh: '清空单个接口的每日额度；每月五十次。',
  answer({ call, platform, app }) {
    const path = quotaPath(text(jsonBody(call), 'cgi_path'))
    if (!platform.limits.take('clearQuotaByPathMonthly', app.appid, platform.days.month())) throw new Refusal(48006)
    platform.limits.clear(app, path)
    return { errcode: 0, errmsg: 'ok' }
  },
}
