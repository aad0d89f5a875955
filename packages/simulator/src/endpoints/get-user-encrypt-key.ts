import { secondsLeft, unixSeconds } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import type { TokenEndpoint } from './endpoint.ts'
import { checkSessionSigned } from './session-signed.ts'

const SESSION_ERRCODES = new Set([87007, 87008, 87009, 40003])

/** GET or POST /wxa/business/getuserencryptkey: the user's last three keys, newest first. */
export const getUserEncryptKey: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/wxa/business/getuserencryptkey',
  types: ['mp'],
  auth: 'access_token',
  apiSecurity: true,
  en: "The user's last three encrypt keys, newest first, ended ones with expire_in 0.",
  zh: '用户最近三个加密 key，新的在前；已过期的 expire_in 为 0。',
  refusalExtra({ platform }, errcode) {
    const always = platform.switches.get('encryptKeyListOnTokenErrors')
    return always || SESSION_ERRCODES.has(errcode) ? { key_info_list: [] } : {}
  },
  answer(entry) {
    const { platform, app, call } = entry
    const method = platform.switches.get('encryptKeyMethod', app)
    if (method === 'GET' && call.method !== 'GET') throw new Refusal(43001)
    if (method === 'POST' && call.method !== 'POST') throw new Refusal(43002)
    const { member } = checkSessionSigned(entry)
    platform.sessions.touch(app, member.user.id)
    const userId = member.user.id
    if (platform.switches.get('encryptKeyServerCreates', app)) platform.userKeys.latest(app, userId)
    const keys = platform.userKeys.list(app, userId)
    if (keys.length === 0) throw new Refusal(87007)
    const now = platform.clock.now()
    return {
      errcode: 0,
      errmsg: 'ok',
      key_info_list: keys.map((key) => ({
        encrypt_key: key.encryptKey,
        version: key.version,
        expire_in: secondsLeft(key.expiresAt, now),
        iv: key.iv,
        create_time: unixSeconds(key.createdAt),
      })),
    }
  },
}
