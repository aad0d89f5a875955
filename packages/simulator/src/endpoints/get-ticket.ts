import { secondsLeft } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import type { TokenEndpoint } from './endpoint.ts'

/** GET /cgi-bin/ticket/getticket, or a form by POST: jsapi and wx_card tickets; success does carry errcode 0. */
export const getTicket: TokenEndpoint = {
  host: 'api.weixin.qq.com',
  path: '/cgi-bin/ticket/getticket',
  takesForm: true,
  types: ['oa', 'web', 'mobile', 'mp'],
  auth: 'access_token',
  en: 'JS-SDK and card tickets: the same one until its end.',
  zh: 'JS-SDK 与卡券 ticket：有效期内返回同一个。',
  answer({ call, platform, app }) {
    if (app.type === 'mp' && !platform.switches.get('ticketForMiniProgram', app)) throw new Refusal(48001)
    const { type } = call.query
    if (type !== 'jsapi' && type !== 'wx_card') throw new Refusal(40097)
    const ticket = platform.tickets.get(app, type)
    const expiresIn = secondsLeft(ticket.expiresAt, platform.clock.now())
    return { errcode: 0, errmsg: 'ok', ticket: ticket.value, expires_in: expiresIn }
  },
}
