import type { Reply } from '../http/reply.ts'
import type { OpenEndpoint } from './endpoint.ts'

/** GET /oauth2.0/me on graph.qq.com: whose QQ Connect token is this? JSONP unless fmt=json. */
export const qqMe: OpenEndpoint = {
  host: 'graph.qq.com',
  path: '/oauth2.0/me',
  types: ['qq-app'],
  auth: 'none',
  en: 'QQ Connect: client_id, openid and (with unionid=1) unionid of an access token; JSONP unless fmt=json.',
  zh: 'QQ 互联：由 access_token 得到 client_id、openid（unionid=1 时含 unionid）；默认 JSONP，fmt=json 时为 JSON。',
  answer({ call, platform }) {
    const { query } = call
    const grant = platform.qqConnect.find(query['access_token'] ?? '')
    const app = grant === undefined ? undefined : platform.apps.find(grant.appid)
    if (grant === undefined || app === undefined) {
      return enveloped(failure(100016, 'access token check failed'), query['fmt'])
    }
    const { openid } = grant.member
    const unionid = platform.users.byOpenid(app, openid)?.unionid
    const who = { client_id: app.appid, openid }
    if (query['unionid'] !== '1') return enveloped(who, query['fmt'])
    if (unionid === undefined) return enveloped(failure(100048, 'no unionid permission'), query['fmt'])
    return enveloped({ ...who, unionid }, query['fmt'])
  },
}

function failure(error: number, description: string): Readonly<Record<string, unknown>> {
  return { error, error_description: description }
}

function enveloped(body: Readonly<Record<string, unknown>>, format: string | undefined): Reply {
  if (format === 'json') return { status: 200, contentType: 'application/json; charset=utf-8', body, headers: {} }
  const script = `callback( ${JSON.stringify(body)} );\n`
  return { status: 200, contentType: 'text/html; charset=utf-8', body: script, headers: {} }
}
