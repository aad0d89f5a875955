import type { Aead, Primitives } from '../envelope/primitives.ts'
import { nodeAead } from './node-aead.ts'
import { nodeSha256 } from './node-sha256.ts'
import { nodeTextCodec } from './node-text-codec.ts'

export { releaseBytes } from './release-bytes.ts'

export { nodeSha256, nodeTextCodec }

/** AES-256-GCM of Node. */
export const nodeAes256Gcm: Aead = nodeAead('aes-256-gcm')

/** ChaCha20-Poly1305 of Node. */
export const nodeChacha20Poly1305: Aead = nodeAead('chacha20-poly1305')

/** Suites 1 and 2 on Node's own cryptography, synchronous. */
export const nodePrimitives: Primitives = {
  hashes: { sha256: nodeSha256 },
  aeads: { 'aes-256-gcm': nodeAes256Gcm, 'chacha20-poly1305': nodeChacha20Poly1305 },
  text: nodeTextCodec,
}
