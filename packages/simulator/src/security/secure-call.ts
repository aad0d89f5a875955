import { apiSecurityAad, decryptApiBody, encryptApiBody } from '../crypto/api-security-cipher.ts'
import type { EncryptedBody } from '../crypto/api-security-cipher.ts'
import { apiSecurityPayload, signApiPayload, verifyApiPayload } from '../crypto/api-security-payload.ts'
import { unixSeconds } from '../clock/seconds.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Call } from '../http/call.ts'
import { jsonBody, text } from '../http/call.ts'
import { bodyBytes } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'
import type { ApiSecurity } from './api-security.ts'

/** An app whose calls are encrypted and signed. */
export interface SecureApp {
  readonly app: App
  readonly security: ApiSecurity
  readonly platform: Platform
}

/**
 * Verifies and decrypts a call of an app that has API security on, and returns the plain call. All parameters but the
 * access_token come out of the encrypted body. `hasBody`: the endpoint reads them from the body, else from the query.
 * Throws 40231, 40232, 40233, 40235, 40237, 40234, 40240.
 */
export function openSecureCall(call: Call, secure: SecureApp, hasBody: boolean): Call {
  const { app, platform } = secure
  const appid = header(call, 'wechatmp-appid')
  const timestamp = header(call, 'wechatmp-timestamp')
  const signature = header(call, 'wechatmp-signature')
  if (appid === undefined) throw new Refusal(40233)
  if (timestamp === undefined) throw new Refusal(40231)
  if (signature === undefined) throw new Refusal(40232)
  if (appid !== app.appid) throw new Refusal(40237)
  const age = unixSeconds(platform.clock.now()) - Number(timestamp)
  const maxAge = platform.switches.get('apiSecurityMaxAgeSeconds', app)
  if (!(Math.abs(age) <= maxAge)) throw new Refusal(40240)
  const payload = apiSecurityPayload(urlPath(call, platform), appid, timestamp, call.body.toString('utf8'))
  if (!verifyApiPayload(payload, signature, secure.security.developerPublicKey)) throw new Refusal(40234)
  const { _n, _appid, _timestamp, ...params } = decrypted(call, secure, Number(timestamp))
  if (_appid !== appid || _timestamp !== Number(timestamp) || typeof _n !== 'string') throw new Refusal(40235)
  return plainCall(call, params, hasBody)
}

/** Encrypts and signs a successful answer. */
export function sealReply(reply: Reply, call: Call, { app, security, platform }: SecureApp): Reply {
  const timestamp = unixSeconds(platform.clock.now())
  const own = {
    _n: platform.random.bytes('api-security-n', 16).toString('base64url'),
    _appid: app.appid,
    _timestamp: timestamp,
  }
  const answer = JSON.parse(bodyBytes(reply).toString('utf8')) as Readonly<Record<string, unknown>>
  const path = urlPath(call, platform)
  const body = encryptApiBody(
    security.cipher,
    {
      key: security.symmetricKey,
      iv: platform.random.bytes('api-security-iv', 12),
      aad: apiSecurityAad(path, app.appid, timestamp, security.symmetricKeySn),
    },
    JSON.stringify({ ...own, ...answer }),
  )
  const payload = apiSecurityPayload(path, app.appid, timestamp, JSON.stringify(body))
  const headers = {
    'Wechatmp-AppId': app.appid,
    'Wechatmp-TimeStamp': String(timestamp),
    'Wechatmp-Serial': security.platformSerial,
    'Wechatmp-Signature': signApiPayload(payload, security.platformPrivateKey),
  }
  return { ...reply, body: { ...body }, headers: { ...reply.headers, ...headers, ...formerly(security, payload) } }
}

function formerly({ deprecated }: ApiSecurity, payload: string): Readonly<Record<string, string>> {
  if (deprecated === undefined) return {}
  return {
    'Wechatmp-Serial-Deprecated': deprecated.serial,
    'Wechatmp-Signature-Deprecated': signApiPayload(payload, deprecated.privateKey),
  }
}

function urlPath(call: Call, platform: Platform): string {
  return `${platform.switches.get('apiSecurityOrigin')}${call.path}`
}

function decrypted(
  call: Call,
  { security, app, platform }: SecureApp,
  timestamp: number,
): Readonly<Record<string, unknown>> {
  const body = jsonBody(call)
  const [iv, data, authtag] = [text(body, 'iv'), text(body, 'data'), text(body, 'authtag')]
  if (iv === undefined || data === undefined || authtag === undefined) throw new Refusal(40235)
  const aad = apiSecurityAad(urlPath(call, platform), app.appid, timestamp, security.symmetricKeySn)
  try {
    const encrypted: EncryptedBody = { iv, data, authtag }
    return JSON.parse(decryptApiBody(security.cipher, { key: security.symmetricKey, aad }, encrypted)) as Record<
      string,
      unknown
    >
  } catch {
    throw new Refusal(40235)
  }
}

function plainCall(call: Call, params: Readonly<Record<string, unknown>>, hasBody: boolean): Call {
  const token = call.query['access_token'] ?? ''
  const query = Object.assign(Object.create(null) as object, { access_token: token }) as Record<string, string>
  if (hasBody) return { ...call, query, body: Buffer.from(JSON.stringify(params), 'utf8') }
  for (const [name, value] of Object.entries(params)) query[name] = String(value)
  return { ...call, query, body: Buffer.alloc(0) }
}

function header(call: Call, name: string): string | undefined {
  const value = call.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
