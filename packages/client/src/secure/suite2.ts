import { smallSha256 } from '@drawbridge/protocol'
import { smallChacha20Poly1305 } from './small-chacha20-poly1305.ts'
import type { ClientCipher } from '../client-options.ts'

/** ChaCha20-Poly1305 in JavaScript: what mini programs use. */
export const suite2: ClientCipher = {
  suite: 2,
  primitives: { hashes: { sha256: smallSha256 }, aeads: { 'chacha20-poly1305': smallChacha20Poly1305 } },
}
