import { createCipheriv } from 'node:crypto'
import { legacyCipher } from './legacy-key.ts'
import type { LegacyKey } from './legacy-key.ts'

/** AES-CBC with PKCS#7, as base64. It authenticates nothing, and equal beginnings give equal blocks. */
export function sealLegacy(key: LegacyKey, text: string): string {
  const cipher = createCipheriv(legacyCipher(key), key.key, key.iv)
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}
