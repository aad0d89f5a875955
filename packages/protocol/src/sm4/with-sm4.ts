import { sm3, sm4 } from 'sm-crypto-v2'
import { concatBytes } from '../bytes/concat-bytes.ts'
import { hexDecode } from '../bytes/hex.ts'
import { TAG_BYTES } from '../envelope/max-bytes.ts'
import type { Aead, KeyedHash, Primitives } from '../envelope/primitives.ts'

/**
 * SM3 in JavaScript: under HKDF for suite 3. Handshakes stay on SHA-256, since devices sign with that.
 */
export const sm3Hash: KeyedHash = {
  digest: (message) => fromHex(sm3(message)),
  hmac: (key) => (message) => fromHex(sm3(message, { key, mode: 'hmac' })),
}

/** SM4-GCM in JavaScript (RFC 8998). */
export const sm4Gcm: Aead = {
  seal(key, nonce, plaintext, aad) {
    const options = { mode: 'gcm', output: 'array', iv: nonce, associatedData: aad, outputTag: true } as const
    const { output, tag = NOTHING } = sm4.encrypt(plaintext, key, options)
    return concatBytes(output, tag)
  },
  open(key, nonce, sealed, aad) {
    const tagAt = sealed.length - TAG_BYTES
    if (tagAt < 0) return undefined
    const tag = sealed.subarray(tagAt)
    const options = { mode: 'gcm', output: 'array', iv: nonce, associatedData: aad, tag } as const
    try {
      return sm4.decrypt(sealed.subarray(0, tagAt), key, options)
    } catch {
      return undefined
    }
  },
}

/** The same primitives, and suite 3 besides. */
export function withSm4(primitives: Primitives): Primitives {
  return {
    ...primitives,
    hashes: { ...primitives.hashes, sm3: sm3Hash },
    aeads: { ...primitives.aeads, 'sm4-gcm': sm4Gcm },
  }
}

const NOTHING = new Uint8Array(0)

function fromHex(text: string): Uint8Array {
  return hexDecode(text) ?? NOTHING
}
