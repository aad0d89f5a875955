import { FILE_HEAD_BYTES, base64urlDecode, openChunks, openFile, sealFile } from '@drawbridge/protocol'
import type { FileContentKey } from '@drawbridge/protocol'
import type { ClientCipher } from '../client-options.ts'
import { sealChunks } from '../secure/seal-whole.ts'

/** How the server says what one transfer is sealed with: 32 bytes in base64url. */
export interface FileContent {
  readonly suite: number
  readonly key: string
}

/** Seals a file that is there as a whole. `undefined` where the server gave no key of the client's suite. */
export function sealContent(
  cipher: ClientCipher,
  content: FileContent | undefined,
  salt: Uint8Array,
  bytes: Uint8Array,
): Uint8Array | undefined {
  const key = keyOf(cipher, content, 'upload')
  const file = key && sealFile(cipher.primitives, key, salt)
  return file && sealChunks(file, bytes)?.wire
}

/** The file that was sealed with this key, whole and unchanged; `undefined` for everything else. */
export function openContent(
  cipher: ClientCipher,
  content: FileContent | undefined,
  wire: Uint8Array,
): Uint8Array | undefined {
  const key = keyOf(cipher, content, 'download')
  const opener = key && openFile(cipher.primitives, key, wire.subarray(0, FILE_HEAD_BYTES))
  return opener && openChunks(opener, wire.subarray(FILE_HEAD_BYTES))?.body
}

function keyOf(
  { suite }: ClientCipher,
  content: FileContent | undefined,
  direction: FileContentKey['direction'],
): FileContentKey | undefined {
  const contentKey = content?.suite === suite ? base64urlDecode(content.key) : undefined
  return contentKey && { suite, contentKey, direction }
}
