import './install-big-int-shim.ts'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import type { Aead } from '../envelope/primitives.ts'
import { nobleAead } from './noble-aead.ts'

/** ChaCha20-Poly1305 in JavaScript. */
export const nobleChacha20Poly1305: Aead = nobleAead(chacha20poly1305)
