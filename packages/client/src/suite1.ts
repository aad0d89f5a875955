import { smallSha256 } from '@drawbridge/protocol'
import { nobleAes256Gcm } from '@drawbridge/protocol/noble'
import type { ClientCipher } from './client-options.ts'

/** AES-256-GCM in JavaScript, for servers that want it: `createClient({ cipher: suite1, … })`. */
export const suite1: ClientCipher = {
  suite: 1,
  primitives: { hashes: { sha256: smallSha256 }, aeads: { 'aes-256-gcm': nobleAes256Gcm } },
}
