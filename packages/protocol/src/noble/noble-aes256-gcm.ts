import './install-big-int-shim.ts'
import { gcm } from '@noble/ciphers/aes.js'
import type { Aead } from '../envelope/primitives.ts'
import { nobleAead } from './noble-aead.ts'

/** AES-256-GCM in JavaScript; its tables make it the slower of the two, and not free of cache timing. */
export const nobleAes256Gcm: Aead = nobleAead(gcm)
