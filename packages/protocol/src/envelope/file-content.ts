import { concatBytes } from '../bytes/concat-bytes.ts'
import { equalBytes } from '../bytes/equal-bytes.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import { createChunkOpener } from './chunk-opener.ts'
import type { ChunkOpener } from './chunk-opener.ts'
import { createChunkSealer } from './chunk-sealer.ts'
import type { ChunkSealer, ChunkSizes } from './chunk-sealer.ts'
import { CHUNK_BYTES, TAG_BYTES } from './max-bytes.ts'
import type { Primitives } from './primitives.ts'
import type { PieceKey } from './sealed-piece.ts'
import { suiteTable } from './suite-table.ts'
import type { SuiteNumber } from './suite-table.ts'

/** What one transfer of a file is sealed with, as the server gave it in the sealed reply to the call that prepares it. */
export interface FileContentKey {
  readonly suite: SuiteNumber
  /** 32 bytes, evenly random, of this transfer alone. */
  readonly contentKey: Uint8Array
  /** Who seals: the client that uploads, or the server that is read from. */
  readonly direction: 'upload' | 'download'
}

/** A sealed file's head: `USN1F`, suite, direction, salt. */
export const FILE_HEAD_BYTES = 23
/** Of the random bytes in it, new for every content. */
export const FILE_SALT_BYTES = 16

/**
 * Seals a file: its head is sent first, then what the sealer gives. `undefined` when the primitives lack the suite, or
 * the key or the salt has another length.
 * @param salt 16 bytes that no other file under this key has
 * @param sizes how large a file may be; without `streamMaxBytes`, as large as its chunks can be numbered
 */
export function sealFile(
  primitives: Primitives,
  key: FileContentKey,
  salt: Uint8Array,
  sizes?: ChunkSizes,
): { readonly head: Uint8Array; readonly sealer: ChunkSealer } | undefined {
  if (salt.length !== FILE_SALT_BYTES) return undefined
  const head = headOf(key, salt)
  const piece = pieceKey(primitives, key, head)
  return piece && { head, sealer: createChunkSealer(piece, fileSizes(sizes)) }
}

/**
 * Opens a file as it comes; show nobody what was opened before `end()` has said that it is whole. `undefined` when the
 * head is none of this suite and direction, or for what `sealFile` has it.
 * @param head the file's first `FILE_HEAD_BYTES`
 */
export function openFile(
  primitives: Primitives,
  key: FileContentKey,
  head: Uint8Array,
  sizes?: ChunkSizes,
): ChunkOpener | undefined {
  const expected = headOf(key, head.subarray(-FILE_SALT_BYTES))
  if (!equalBytes(head, expected)) return undefined
  const piece = pieceKey(primitives, key, expected)
  return piece && createChunkOpener(piece, fileSizes(sizes))
}

/** How many bytes a file of so many is when it is sealed, its head included. */
export function sealedFileBytes(plainBytes: number): number {
  return FILE_HEAD_BYTES + plainBytes + TAG_BYTES * Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES))
}

const KEY_BYTES = 32
const CHUNKS_MAX = 2 ** 32
const MAGIC = utf8Encode('USN1F')
const FIRST_BLOCK = Uint8Array.of(1)
const DIRECTIONS = { upload: 1, download: 2 } as const

function headOf({ suite, direction }: FileContentKey, salt: Uint8Array): Uint8Array {
  return concatBytes(MAGIC, Uint8Array.of(suite, DIRECTIONS[direction]), salt)
}

/** HKDF-Expand with the whole head as its info: a key for each suite, direction and salt. */
function pieceKey(
  primitives: Primitives,
  { suite, contentKey }: FileContentKey,
  headerBytes: Uint8Array,
): PieceKey | undefined {
  const row = suiteTable[suite]
  const aead = primitives.aeads[row.aead]
  const hash = primitives.hashes[row.hash]
  if (!aead || !hash || contentKey.length !== KEY_BYTES) return undefined
  const key = hash.hmac(contentKey)(concatBytes(headerBytes, FIRST_BLOCK)).slice(0, row.keyBytes)
  return { aead, key, headerBytes, encrypted: true }
}

/** The limit of a call's body is none for files. */
function fileSizes({
  chunkBytes = CHUNK_BYTES,
  streamMaxBytes = chunkBytes * CHUNKS_MAX,
}: ChunkSizes = {}): ChunkSizes {
  return { chunkBytes, streamMaxBytes }
}
