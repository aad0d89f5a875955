import { constants, createHash, sign, verify } from 'node:crypto'
import type { KeyLike } from 'node:crypto'

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }

/** What is signed: four lines without a last line end, the body exactly as sent. */
export function apiSecurityPayload(urlPath: string, appid: string, timestamp: number | string, body: string): string {
  return [urlPath, appid, timestamp, body].join('\n')
}

/** sha256 hex of what is signed, which the documentation calls H0. */
export function payloadHash(payload: string): string {
  return createHash('sha256').update(payload, 'utf8').digest('hex')
}

/** RSASSA-PSS with SHA-256 and a salt of 32 bytes, base64. The private key is PEM. */
export function signApiPayload(payload: string, privateKey: KeyLike): string {
  return sign('sha256', Buffer.from(payload, 'utf8'), { key: privateKey as string, ...PSS }).toString('base64')
}

/** Does a base64 signature fit? The key is a public key or certificate in PEM. */
export function verifyApiPayload(payload: string, signature: string, publicKey: KeyLike): boolean {
  const bytes = Buffer.from(signature, 'base64')
  return verify('sha256', Buffer.from(payload, 'utf8'), { key: publicKey as string, ...PSS }, bytes)
}
