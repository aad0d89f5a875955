import './install-big-int-shim.ts'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { KeyedHash } from '../envelope/primitives.ts'

/** SHA-256 in JavaScript. */
export const nobleSha256: KeyedHash = {
  digest: (message) => sha256(message),
  hmac(key) {
    const keyed = hmac.create(sha256, key)
    return (message) => keyed.clone().update(message).digest()
  },
}
