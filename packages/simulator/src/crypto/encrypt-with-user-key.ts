import { createCipheriv, createDecipheriv } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'

/** A user encrypt key as the platform hands it out. */
export interface UserKeyMaterial {
  /** 16 bytes as base64 text. */
  readonly encryptKey: string
  /** 16 characters; used as 16 bytes of text, not decoded. */
  readonly iv: string
}

/** AES-128-CBC with PKCS#7, base64 out: how the uniCloud client uses a user encrypt key. */
export function encryptWithUserKey(plaintext: string, { encryptKey, iv }: UserKeyMaterial): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(encryptKey, 'base64'), Buffer.from(iv, 'utf8'))
  return Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64')
}

/** The reverse. Throws CRYPTO_FAILED. */
export function decryptWithUserKey(ciphertext: string, { encryptKey, iv }: UserKeyMaterial): string {
  try {
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from(encryptKey, 'base64'), Buffer.from(iv, 'utf8'))
    return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SimulatorError('CRYPTO_FAILED', 'The text cannot be read with this user key.', { cause })
  }
}
