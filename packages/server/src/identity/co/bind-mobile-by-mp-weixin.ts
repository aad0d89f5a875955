import { fetchPhoneNumber } from '@drawbridge/bridge'
import type { App } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { Document } from '../../documents/document-store.ts'
import type { Client } from '../client-of.ts'
import { refusal } from '../refusal.ts'
import { bindMobile } from '../users/bind-mobile.ts'
import { objectOf } from '../text-of.ts'
import { phoneCode } from '../weixin/login-code.ts'
import { decryptOpenData } from '../weixin/open-data.ts'
import { weixinAppOf, weixinPlatformOf } from '../weixin/weixin-platform.ts'
import { optionalTextParam, textParam } from './co-call.ts'
import type { CoCall } from './co-call.ts'
import type { CoDeps } from './co-deps.ts'

/** The button's data is sent as soon as it is pressed. */
const DATA_MAX_AGE_MS = 10 * 60_000

/**
 * `bindMobileByMpWeixin({code})` with the code of the phone number button, or `({encryptedData, iv})` the old way: the
 * number becomes the logged-in user's. Gives `{errCode: 0}`, and `newToken` when the token was renewed.
 */
export async function bindMobileByMpWeixin(
  deps: CoDeps,
  { space, client, token, params }: CoCall,
): Promise<JsonObject> {
  const platform = weixinPlatformOf(client)
  if (platform !== 'mp') throw new DrawbridgeError('LOGIN_PLATFORM_UNSUPPORTED', { platform })
  const { uid, user, newToken } = await deps.tokens.check(space, client, token)
  const app = weixinAppOf(deps.bridge, client, platform)
  const openid = openidOf(user, client)
  const code = optionalTextParam(params, 'code')
  const mobile =
    code === undefined
      ? await numberInData(deps, app, openid, params)
      : await numberOfCode(deps, app, { code, openid, uid })
  await bindMobile(deps.documents, {
    spaceId: space.spaceId,
    uid,
    appId: client.appId,
    scope: app.dcloudAppid,
    mobile,
  })
  return { errCode: 0, ...(newToken !== undefined && { newToken: { ...newToken } }) }
}

function openidOf(user: Document, { appId }: Client): string {
  const openids = objectOf(user['wx_openid'])
  const openid = openids[`mp_${appId}`] ?? openids['mp']
  if (typeof openid !== 'string') throw refusal('uni-id-account-not-exists')
  return openid
}

/** WeChat is told whose code it has to be, so that a code that was carried off binds nobody else. */
async function numberOfCode(
  deps: CoDeps,
  app: App,
  { code, openid, uid }: { readonly code: string; readonly openid: string; readonly uid: string },
): Promise<string> {
  const strange = { appid: app.appid, code: phoneCode(code), from: `user ${uid}` }
  const { number } = await deps.codes.exchange(strange, (good) => fetchPhoneNumber(app, { code: good, openid }, deps))
  return number
}

async function numberInData(deps: CoDeps, app: App, openid: string, params: JsonObject): Promise<string> {
  const data = { encryptedData: textParam(params, 'encryptedData'), iv: textParam(params, 'iv') }
  const credential = await deps.bridge.get({ kind: 'session_key', app, openid })
  const value = credential?.value
  const sessionKey: unknown = value !== undefined && 'session_key' in value ? value.session_key : undefined
  if (typeof sessionKey !== 'string') throw new DrawbridgeError('SESSION_KEY_MISSING', { appid: app.appid })
  const bounds = { appid: app.appid, now: deps.now(), maxAgeMs: DATA_MAX_AGE_MS }
  const { purePhoneNumber: number } = decryptOpenData(data, sessionKey, bounds)
  if (typeof number !== 'string' || !/^\d{5,20}$/.test(number)) throw new DrawbridgeError('OPEN_DATA_INVALID')
  return number
}
