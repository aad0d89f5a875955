import type { Primitives } from '../envelope/primitives.ts'
import { nobleAes256Gcm } from './noble-aes256-gcm.ts'
import { nobleChacha20Poly1305 } from './noble-chacha20-poly1305.ts'
import { nobleSha256 } from './noble-sha256.ts'

export { nobleAes256Gcm, nobleChacha20Poly1305, nobleSha256 }

/**
 * Suites 1 and 2 in JavaScript alone, for engines that give nothing themselves. A client that needs one suite builds
 * its own from the parts, and a bundler leaves the rest out.
 */
export const noblePrimitives: Primitives = {
  hashes: { sha256: nobleSha256 },
  aeads: { 'aes-256-gcm': nobleAes256Gcm, 'chacha20-poly1305': nobleChacha20Poly1305 },
}
