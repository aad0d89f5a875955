import { generateKeyPairSync } from 'node:crypto'
import { apiSecurityAad, decryptApiBody, encryptApiBody } from '../crypto/api-security-cipher.ts'
import type { EncryptedBody } from '../crypto/api-security-cipher.ts'
import { apiSecurityPayload, signApiPayload, verifyApiPayload } from '../crypto/api-security-payload.ts'
import { APPIDS } from '../simulator-under-test-fixture.ts'
import type { Caller } from '../simulator-under-test-fixture.ts'
import type { ApiSecurity } from './api-security.ts'

/** An answer in the encrypted form, and the plain one inside. */
export interface SecureAnswer {
  readonly headers: Headers
  readonly text: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A client of server-API security, as an SDK would be. */
export interface SecureClient {
  readonly platformSerial: string
  ask(path: string, params: Readonly<Record<string, unknown>>, change?: SecureChange): Promise<SecureAnswer>
  isSigned(answer: SecureAnswer, header: string): boolean
  open(answer: SecureAnswer): Readonly<Record<string, unknown>>
}

/** What a test does wrong on purpose. */
export interface SecureChange {
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly inner?: Readonly<Record<string, unknown>>
  readonly aad?: string
  readonly timestamp?: number
}

const ORIGIN = 'https://api.weixin.qq.com'

/** Switches API security on for the mini program and returns a client for it. */
export function secureApp(caller: Caller, cipher: ApiSecurity['cipher'] = 'AES256_GCM'): SecureClient {
  const [developer, platform] = [pair(), pair()]
  const security: ApiSecurity = {
    symmetricKeySn: 'fa05fe1e5bcc79b81ad5ad4b58acf787',
    symmetricKey: Buffer.alloc(cipher === 'AES256_GCM' ? 32 : 16, 7).toString('base64'),
    cipher,
    developerKeySn: '97845f6ed842ea860df6fdf65941ff56',
    developerPublicKey: developer.publicKey,
    platformSerial: '79ba700ea147819f640941bceb38b1d1',
    platformPrivateKey: platform.privateKey,
  }
  const { control } = caller.simulator
  control.apps.change(APPIDS.mp, { apiSecurity: security })
  const key = security.symmetricKey
  const aadOf = (path: string, timestamp: number): string =>
    apiSecurityAad(`${ORIGIN}${path}`, APPIDS.mp, timestamp, security.symmetricKeySn)
  const payloadOf = (path: string, timestamp: number | string, body: string): string =>
    apiSecurityPayload(`${ORIGIN}${path}`, APPIDS.mp, timestamp, body)

  return {
    platformSerial: security.platformSerial,
    async ask(path, params, change = {}) {
      const timestamp = change.timestamp ?? Math.floor(control.clock.now() / 1000)
      const inner = { _n: 'n', _appid: APPIDS.mp, _timestamp: timestamp, ...params, ...change.inner }
      const sealing = { key, iv: Buffer.alloc(12, 1), aad: change.aad ?? aadOf(path, timestamp) }
      const body = JSON.stringify(encryptApiBody(cipher, sealing, JSON.stringify(inner)))
      const headers: Record<string, string | undefined> = {
        'Wechatmp-AppId': APPIDS.mp,
        'Wechatmp-TimeStamp': String(timestamp),
        'Wechatmp-Signature': signApiPayload(payloadOf(path, timestamp, body), developer.privateKey),
        ...change.headers,
      }
      const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const url = `${caller.url}${path}?access_token=${await caller.token()}`
      const answer = await fetch(url, { method: 'POST', headers: sent, body })
      const text = await answer.text()
      return { headers: answer.headers, text, path, body: JSON.parse(text) as Record<string, unknown> }
    },
    isSigned({ headers, text, path }, header) {
      const payload = payloadOf(path, headers.get('wechatmp-timestamp') ?? '', text)
      return verifyApiPayload(payload, headers.get(header) ?? '', platform.publicKey)
    },
    open({ headers, text, path }) {
      const aad = aadOf(path, Number(headers.get('wechatmp-timestamp')))
      const opened = decryptApiBody(cipher, { key, aad }, JSON.parse(text) as EncryptedBody)
      return JSON.parse(opened) as Readonly<Record<string, unknown>>
    },
  }
}

function pair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}
