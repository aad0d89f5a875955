import { unixSeconds } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import { jsonBody, text } from '../http/call.ts'
import type { TokenEndpoint } from './endpoint.ts'

/** POST /wxa/business/checkencryptedmsg: was this encryptedData made by the platform within three days? */
export const checkEncryptedMsg: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/wxa/business/checkencryptedmsg',
  method: 'POST',
  types: ['mp'],
  auth: 'access_token',
  apiSecurity: true,
  en: 'Was encrypted phone data made by the platform within three days? (The field is spelt `vaild`.)',
  zh: '加密手机号数据是否由平台在三天内生成（字段名确为 `vaild`）。',
  answer({ call, platform, app }) {
    const hash = text(jsonBody(call), 'encrypted_msg_hash')
    if (hash === undefined || !/^[0-9a-f]{64}$/i.test(hash)) throw new Refusal(40097)
    const createdAt = platform.encryptedMessages.createdAt(app.appid, hash.toLowerCase())
    if (createdAt === undefined) throw new Refusal(1)
    return { errcode: 0, errmsg: 'ok', vaild: true, create_time: unixSeconds(createdAt) }
  },
}
