import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'

/** Open data as the client gets it: both base64. */
export interface EncryptedData {
  readonly encryptedData: string
  readonly iv: string
}

/** The signature of rawData: sha1 hex of the text and the session_key's base64 text. Source: open-ability/signature. */
export function openDataSignature(rawData: string, sessionKey: string): string {
  return createHash('sha1')
    .update(rawData + sessionKey, 'utf8')
    .digest('hex')
}

/** AES-128-CBC with PKCS#7 under the base64-decoded session_key; `iv` is 16 bytes. */
export function encryptOpenData(plaintext: string, sessionKey: string, iv: Buffer): EncryptedData {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv)
  const bytes = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return { encryptedData: bytes.toString('base64'), iv: iv.toString('base64') }
}

/** The JSON text inside open data. Throws CRYPTO_FAILED for every way to be wrong. */
export function decryptOpenData({ encryptedData, iv }: EncryptedData, sessionKey: string): string {
  try {
    const key = Buffer.from(sessionKey, 'base64')
    const decipher = createDecipheriv('aes-128-cbc', key, Buffer.from(iv, 'base64'))
    const bytes = Buffer.concat([decipher.update(Buffer.from(encryptedData, 'base64')), decipher.final()])
    JSON.parse(bytes.toString('utf8'))
    return bytes.toString('utf8')
  } catch (cause) {
    throw new SimulatorError('CRYPTO_FAILED', 'The open data cannot be read with this session_key.', { cause })
  }
}

/** What checkencryptedmsg asks for: sha256 hex of the encryptedData text. */
export function encryptedDataHash(encryptedData: string): string {
  return createHash('sha256').update(encryptedData, 'utf8').digest('hex')
}
