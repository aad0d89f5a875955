import { isUtf8 } from 'node:buffer'
import { createDecipheriv } from 'node:crypto'
import { legacyCipher } from './legacy-key.ts'
import type { LegacyKey } from './legacy-key.ts'

/** What decryption gave. The text is there whether it is sound or not, so that whoever goes on does the same work. */
export interface LegacyText {
  readonly text: string
  readonly isSound: boolean
}

const BLOCK_BYTES = 16

/** Opens what `sealLegacy` makes. Bad base64, a bad length, bad padding and bad UTF-8 cost what a good text costs. */
export function openLegacy(key: LegacyKey, content: string): LegacyText {
  const sent = Buffer.from(content, 'base64')
  const isBase64 = sent.length > 0 && sent.length % BLOCK_BYTES === 0 && sent.toString('base64') === content
  const blocks = isBase64 ? sent : Buffer.alloc(Math.ceil((content.length * 3) / 4 / BLOCK_BYTES) * BLOCK_BYTES)
  // Node's own padding check throws, and throwing takes its time: this is what a padding oracle listens to.
  const decipher = createDecipheriv(legacyCipher(key), key.key, key.iv).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(blocks), decipher.final()])
  const { length, isPadded } = unpadded(plain)
  const bytes = plain.subarray(0, length)
  const text = bytes.toString('utf8')
  return { text, isSound: isUtf8(bytes) && isPadded && isBase64 }
}

/** Looks at the whole last block whatever stands in it; where the padding is wrong nothing is cut off. */
function unpadded(plain: Uint8Array): { readonly length: number; readonly isPadded: boolean } {
  const count = plain[plain.length - 1] ?? 0
  let wrong = Number(count === 0) | Number(count > BLOCK_BYTES)
  for (let back = 1; back <= BLOCK_BYTES; back += 1) {
    const isPadding = Number(back <= count)
    wrong |= isPadding * ((plain[plain.length - back] ?? 0) ^ count)
  }
  const isPadded = wrong === 0
  return { length: plain.length - (isPadded ? count : 0), isPadded }
}
