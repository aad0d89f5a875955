import { unixSeconds } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import { jsonBody, text } from '../http/call.ts'
import type { App } from '../state/apps.ts'
import type { User } from '../state/users.ts'
import type { TokenEndpoint } from './endpoint.ts'

/** POST /wxa/business/getuserphonenumber: a phone code for the number. */
export const getUserPhoneNumber: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/wxa/business/getuserphonenumber',
  method: 'POST',
  types: ['mp'],
  auth: 'access_token',
  apiSecurity: true,
  en: 'The code of the phone number button for the number.',
  zh: '用手机号按钮的 code 换取手机号。',
  answer({ call, platform, app }) {
    const fields = jsonBody(call)
    const code = text(fields, 'code')
    if (code === undefined) throw new Refusal(41008)
    const member = platform.phoneCodes.exchange(app, code, text(fields, 'openid'))
    return { errcode: 0, errmsg: 'ok', phone_info: phoneInfo(member.user, app, platform.clock.now()) }
  },
}

/** The number as the platform hands it out, in clear or inside encryptedData. */
export function phoneInfo(user: User, app: App, now: number): Readonly<Record<string, unknown>> {
  const abroad = user.countryCode === '86' ? '' : `+${user.countryCode}`
  return {
    phoneNumber: `${abroad}${user.phoneNumber}`,
    purePhoneNumber: user.phoneNumber,
    countryCode: user.countryCode,
    watermark: { timestamp: unixSeconds(now), appid: app.appid },
  }
}
