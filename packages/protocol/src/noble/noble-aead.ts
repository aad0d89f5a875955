import type { Aead } from '../envelope/primitives.ts'

/** A cipher as `@noble/ciphers` has them. */
export type NobleCipher = (
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
) => {
  encrypt(plaintext: Uint8Array): Uint8Array
  decrypt(sealed: Uint8Array): Uint8Array
}

/** One of those ciphers as the envelope takes it. */
export function nobleAead(cipher: NobleCipher): Aead {
  return {
    seal: (key, nonce, plaintext, aad) => cipher(key, nonce, aad).encrypt(plaintext),
    open(key, nonce, sealed, aad) {
      try {
        return cipher(key, nonce, aad).decrypt(sealed)
      } catch {
        return undefined
      }
    },
  }
}
