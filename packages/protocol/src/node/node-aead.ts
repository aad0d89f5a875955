import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import type { Aead } from '../envelope/primitives.ts'
import { releaseBytes } from './release-bytes.ts'

/** A cipher of Node as the envelope takes it. Keys as objects: given as bytes, one costs ten times what the cipher does. */
export function nodeAead(name: 'aes-256-gcm' | 'chacha20-poly1305'): Aead {
  // Each of Node's overloads takes one of the names alone; what they do is the same.
  const cipher = name as 'aes-256-gcm'
  return {
    seal(key, nonce, plaintext, aad) {
      const sealing = createCipheriv(cipher, createSecretKey(key), nonce, TAG).setAAD(aad)
      const ciphertext = sealing.update(plaintext)
      sealing.final()
      const sealed = Buffer.concat([ciphertext, sealing.getAuthTag()])
      releaseBytes(ciphertext)
      return sealed
    },
    open(key, nonce, sealed, aad) {
      const tagAt = sealed.length - TAG.authTagLength
      if (tagAt < 0) return undefined
      const opening = createDecipheriv(cipher, createSecretKey(key), nonce, TAG)
        .setAAD(aad)
        .setAuthTag(sealed.subarray(tagAt))
      const plaintext = opening.update(sealed.subarray(0, tagAt))
      try {
        opening.final()
      } catch {
        return undefined
      }
      return plaintext
    },
  }
}

const TAG = { authTagLength: 16 } as const
