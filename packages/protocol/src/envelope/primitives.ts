import type { TextCodec } from '../bytes/text-codec.ts'

/** A hash with its HMAC. */
export interface KeyedHash {
  digest(message: Uint8Array): Uint8Array
  /** HMAC under one key: what depends on the key alone is computed once, here. The answer is a new array of 32 bytes. */
  hmac(key: Uint8Array): (message: Uint8Array) => Uint8Array
}

/** An AEAD with 12-byte nonces and 16-byte tags. */
export interface Aead {
  /** Ciphertext ‖ tag, in a new array. */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array
  /** The plaintext in a new array; `undefined` when the tag is wrong, whatever the reason. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined
}

/** The hashes that suites name. */
export type HashName = 'sha256' | 'sm3'

/** The ciphers that suites name. */
export type AeadName = 'aes-256-gcm' | 'chacha20-poly1305' | 'sm4-gcm'

/**
 * What the envelope needs of its host. A suite can be used when its hash and its cipher are here, and not otherwise:
 * leave one out to switch it off. SHA-256 is always needed, for handshakes.
 */
export interface Primitives {
  readonly hashes: { readonly sha256: KeyedHash } & { readonly [name in HashName]?: KeyedHash }
  readonly aeads: { readonly [name in AeadName]?: Aead }
  /** A faster codec of the host; without it the package's own. */
  readonly text?: TextCodec
}
