import { Refusal } from '../errors/refusal.ts'
import { jsonBody, text } from '../http/call.ts'
import { weixinTypes } from './endpoint.ts'
import type { TokenEndpoint } from './endpoint.ts'
import { isWeixinPath } from './is-weixin-path.ts'

/** POST /cgi-bin/openapi/quota/get: the daily quota of a path, and its limit per minute if it has one. */
export const getApiQuota: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/openapi/quota/get',
  method: 'POST',
  types: weixinTypes,
  auth: 'access_token',
  apiSecurity: true,
  en: 'Daily quota of a path: limit, used, left.',
  zh: '查询接口的每日额度：上限、已用、剩余。',
  answer({ call, platform, app }) {
    const path = quotaPath(text(jsonBody(call), 'cgi_path'))
    const { dailyLimit, used, perMinute } = platform.limits.quota(path, app)
    return {
      errcode: 0,
      errmsg: 'ok',
      quota: { daily_limit: dailyLimit, used, remain: dailyLimit - used },
      ...(perMinute === undefined ? {} : { rate_limit: { call_count: perMinute, refresh_second: 60 } }),
    }
  },
}

/** A path that has a quota. Throws 76022 for /sns/, 76021 for any that is not known. */
export function quotaPath(path: string | undefined): string {
  if (path?.startsWith('/sns/') === true) throw new Refusal(76022)
  if (path === undefined || !isWeixinPath(path)) throw new Refusal(76021)
  return path
}
