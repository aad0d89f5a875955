import { secondsLeft } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import { text } from '../http/call.ts'
import type { Grant } from '../state/oauth.ts'
import { authenticateApp } from './authenticate.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /sns/oauth2/access_token: an authorisation code for the user's own tokens; success carries no errcode. */
export const oauthAccessToken: OpenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/sns/oauth2/access_token',
  types: ['oa', 'web', 'mobile', 'multi'],
  auth: 'none',
  en: "Web OAuth: a code for the user's access_token, refresh_token, openid.",
  zh: '网页授权：用 code 换取用户的 access_token、refresh_token、openid。',
  answer({ call, platform }) {
    const { query } = call
    const app = authenticateApp(query, platform, this.types)
    const code = text(query, 'code')
    if (code === undefined) throw new Refusal(41008)
    if (query['grant_type'] !== 'authorization_code') throw new Refusal(40002)
    platform.limits.spend(this.path, app)
    return grantAnswer(platform.oauth.exchange(app, code), platform.clock.now())
  },
}

/** What both OAuth token endpoints answer. */
export function grantAnswer(grant: Grant, now: number): Readonly<Record<string, unknown>> {
  const { member, scope } = grant
  const union = member.unionid === undefined || scope === 'snsapi_base' ? {} : { unionid: member.unionid }
  return {
    access_token: grant.accessToken,
    expires_in: secondsLeft(grant.accessExpiresAt, now),
    refresh_token: grant.refreshToken,
    openid: member.openid,
    scope,
    ...union,
    ...(member.user.snapshot ? { is_snapshotuser: 1 } : {}),
  }
}
