import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { DataKey } from './sealed-record.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The master key's length. */
export const MASTER_KEY_BYTES = 32

/** A new random data key, and the same wrapped by the master key: nonce · ciphertext · tag (AES-256-GCM, the id as AAD). */
export function createDataKey(masterKey: Uint8Array): { readonly dataKey: DataKey; readonly wrapped: Buffer } {
  const id = randomBytes(8).toString('hex')
  const raw = randomBytes(32)
  return { dataKey: { id, key: createSecretKey(raw) }, wrapped: wrapKey(id, raw, masterKey) }
}

/** Wraps a data key's 32 bytes. Throws `MASTER_KEY_INVALID`. */
export function wrapKey(id: string, raw: Buffer, masterKey: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', checked(masterKey), nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad(id))
  return Buffer.concat([nonce, cipher.update(raw), cipher.final(), cipher.getAuthTag()])
}

/** Unwraps a data key. Throws `MASTER_KEY_INVALID` when this is not the master key that wrapped it. */
export function unwrapKey(id: string, wrapped: Buffer, masterKey: Uint8Array): Buffer {
  const key = checked(masterKey)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(aad(id))
    decipher.setAuthTag(wrapped.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new DrawbridgeError('MASTER_KEY_INVALID', { keyId: id })
  }
}

function aad(id: string): Buffer {
  return Buffer.from(`drawbridge data key ${id}`, 'utf8')
}

function checked(masterKey: Uint8Array): Uint8Array {
  if (masterKey.length !== MASTER_KEY_BYTES)
    throw new DrawbridgeError('MASTER_KEY_INVALID', { bytes: masterKey.length })
  return masterKey
}
