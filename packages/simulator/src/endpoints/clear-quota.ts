import { Refusal } from '../errors/refusal.ts'
import { jsonBody, text } from '../http/call.ts'
import { weixinTypes } from './endpoint.ts'
import type { TokenEndpoint } from './endpoint.ts'

/** POST /cgi-bin/clear_quota: all daily quotas of the app begin again; ten times a month, shared with v2. */
export const clearQuota: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/clear_quota',
  method: 'POST',
  types: weixinTypes,
  auth: 'access_token',
  apiSecurity: true,
  en: 'All daily quotas of the app begin again; ten times a month.',
  zh: '清空应用的全部每日额度；每月十次。',
  answer({ call, platform, app }) {
    const appid = text(jsonBody(call), 'appid')
    if (appid === undefined) throw new Refusal(41002)
    if (appid !== app.appid) throw new Refusal(40013)
    if (!platform.limits.take('clearQuotaMonthly', app.appid, platform.days.month())) throw new Refusal(48006)
    platform.limits.clear(app)
    return { errcode: 0, errmsg: 'ok' }
  },
}
