import { Refusal } from '../errors/refusal.ts'
import { text } from '../http/call.ts'
import type { AppType } from '../state/apps.ts'
import type { LoginCode } from '../state/login-codes.ts'
import { authenticateApp, checkAddress } from './authenticate.ts'
import type { Entry } from './endpoint.ts'

/** Uses a login code up. Throws 41002, 41004, 40013, 40125, 41008, 40002, 40029, 40163, 40226, 45011. */
export function exchangeLoginCode(
  { call, platform }: Entry,
  endpoint: { readonly path: string; readonly types: readonly AppType[] },
): LoginCode {
  const { query, address } = call
  const app = authenticateApp(query, platform, endpoint.types)
  const code = text(query, 'js_code')
  if (code === undefined) throw new Refusal(41008)
  if (query['grant_type'] !== 'authorization_code') throw new Refusal(40002)
  if (platform.switches.get('whitelistCoversCode2Session', app)) checkAddress(app, address, platform)
  platform.limits.spend(endpoint.path, app)
  const login = platform.loginCodes.check(app, code)
  const { user } = login.member
  if (platform.users.find(user.id)?.highRisk === true) throw new Refusal(40226)
  const minute = platform.days.minute()
  if (!platform.limits.take('code2SessionPerUserMinute', `${app.appid} ${user.id}`, minute)) throw new Refusal(45011)
  platform.loginCodes.useUp(code)
  platform.sessions.touch(app, user.id)
  return login
}
