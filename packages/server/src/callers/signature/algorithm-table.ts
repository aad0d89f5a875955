import { createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { SigningCaller } from '../../config/server-config.ts'
import { hmacSha256 } from './hmac-sha256.ts'

/** What a signature algorithm of RFC 9421 §3.3 can do once it has its key. */
export interface SignatureAlgorithm {
  /** A check under one key. `key`: base64 of the shared secret, or the public key as PEM. Throws `CONFIG_INVALID`. */
  verifier(key: string): (base: string, signature: Uint8Array) => boolean
  /** A signer under one key. `key`: base64 of the shared secret, or the private key as PEM. Throws `CONFIG_INVALID`. */
  signer(key: string): (base: string) => Buffer
}

/** RFC 9421 §3.3.3. */
const hmac: SignatureAlgorithm = {
  verifier(key) {
    const mac = hmacSha256(sharedSecret(key))
    return (base, signature) => signature.length === 32 && timingSafeEqual(mac(base), signature)
  },
  signer(key) {
    return hmacSha256(sharedSecret(key))
  },
}

/** RFC 9421 §3.3.6. */
const ed25519: SignatureAlgorithm = {
  verifier(key) {
    const publicKey = readKey(() => createPublicKey(key))
    return (base, signature) => verify(null, Buffer.from(base), publicKey, signature)
  },
  signer(key) {
    const privateKey = readKey(() => createPrivateKey(key))
    return (base) => sign(null, Buffer.from(base), privateKey)
  },
}

/** The signature algorithms by their registered names. */
export const algorithmTable: Readonly<Record<SigningCaller['algorithm'], SignatureAlgorithm>> = Object.freeze(
  Object.assign(Object.create(null) as Record<SigningCaller['algorithm'], SignatureAlgorithm>, {
    'hmac-sha256': hmac,
    ed25519,
  }),
)

const SECRET_MIN_BYTES = 16

function sharedSecret(base64: string): Buffer {
  const secret = Buffer.from(base64, 'base64')
  if (secret.length >= SECRET_MIN_BYTES) return secret
  throw new DrawbridgeError('CONFIG_INVALID', {
    field: 'callers.signing.key',
    reason: `an hmac-sha256 key is at least ${SECRET_MIN_BYTES} bytes, as base64`,
  })
}

function readKey<K extends { readonly asymmetricKeyType?: string | undefined }>(read: () => K): K {
  let key: K
  try {
    key = read()
  } catch {
    // What the parser says may quote the key.
    throw notEd25519()
  }
  if (key.asymmetricKeyType !== 'ed25519') throw notEd25519()
  return key
}

function notEd25519(): DrawbridgeError {
  return new DrawbridgeError('CONFIG_INVALID', { field: 'callers.signing.key', reason: 'not an Ed25519 key in PEM' })
}
