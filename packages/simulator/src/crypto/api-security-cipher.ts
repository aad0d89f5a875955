import { createCipheriv, createDecipheriv } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'
import { openSm4Gcm, sealSm4Gcm } from './sm4-gcm.ts'

/** An encrypted body: three base64 texts. */
export interface EncryptedBody {
  readonly iv: string
  readonly data: string
  readonly authtag: string
}

/** The two ciphers of server-API security. */
export type ApiSecurityCipher = 'AES256_GCM' | 'SM4_GCM'

/** What the tag also covers: `urlpath|appid|timestamp|serial of the symmetric key`. */
export function apiSecurityAad(urlPath: string, appid: string, timestamp: number, keySn: string): string {
  return [urlPath, appid, timestamp, keySn].join('|')
}

/** Encrypts a body. `key` is base64, `iv` 12 bytes. */
export function encryptApiBody(
  cipher: ApiSecurityCipher,
  { key, iv, aad }: { readonly key: string; readonly iv: Buffer; readonly aad: string },
  plaintext: string,
): EncryptedBody {
  const sealed = seal(cipher, Buffer.from(key, 'base64'), iv, Buffer.from(aad, 'utf8'), Buffer.from(plaintext, 'utf8'))
  return { iv: iv.toString('base64'), data: sealed.data.toString('base64'), authtag: sealed.tag.toString('base64') }
}

/** Decrypts a body. Throws CRYPTO_FAILED. */
export function decryptApiBody(
  cipher: ApiSecurityCipher,
  { key, aad }: { readonly key: string; readonly aad: string },
  body: EncryptedBody,
): string {
  const [iv, data, tag] = [body.iv, body.data, body.authtag].map((text) => Buffer.from(text, 'base64')) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  const keyBytes = Buffer.from(key, 'base64')
  const aadBytes = Buffer.from(aad, 'utf8')
  if (cipher === 'SM4_GCM') return openSm4Gcm(keyBytes, iv, aadBytes, { data, tag }).toString('utf8')
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyBytes, iv, { authTagLength: 16 })
    decipher.setAAD(aadBytes)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SimulatorError('CRYPTO_FAILED', 'The body cannot be read with this key.', { cause })
  }
}

function seal(
  cipher: ApiSecurityCipher,
  key: Buffer,
  iv: Buffer,
  aad: Buffer,
  plaintext: Buffer,
): { readonly data: Buffer; readonly tag: Buffer } {
  if (cipher === 'SM4_GCM') return sealSm4Gcm(key, iv, aad, plaintext)
  const gcm = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  gcm.setAAD(aad)
  const data = Buffer.concat([gcm.update(plaintext), gcm.final()])
  return { data, tag: gcm.getAuthTag() }
}
