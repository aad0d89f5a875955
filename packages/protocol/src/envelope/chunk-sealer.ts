import { concatBytes } from '../bytes/concat-bytes.ts'
import { createChunkCutter } from './chunk-cutter.ts'
import { CHUNK_BYTES, STREAM_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'
import { sealPiece } from './sealed-piece.ts'
import type { PieceKey } from './sealed-piece.ts'

/** How a body is cut. Both sides have to agree; nothing but tests has a reason for another chunk size. */
export interface ChunkSizes {
  readonly chunkBytes?: number
  /** All clear bytes together. */
  readonly streamMaxBytes?: number
}

/** Seals a body as it comes. What it gives is sent in the order in which it is given. */
export interface ChunkSealer {
  /** Takes any number of bytes; gives the chunks that are full. `undefined` when the stream is over its limit. */
  push(bytes: Uint8Array): readonly Uint8Array[] | undefined
  /** The last chunk, and the tag by which the message is known; `undefined` when it cannot end, or has ended. */
  end(): { readonly bytes: Uint8Array; readonly tag: Uint8Array } | undefined
}

/** A sealer for one message. A chunk is sealed when the next byte is there, for only then is it not the last. */
export function createChunkSealer(piece: PieceKey, sizes: ChunkSizes = {}): ChunkSealer {
  const { chunkBytes = CHUNK_BYTES, streamMaxBytes = STREAM_MAX_BYTES } = sizes
  const cutter = createChunkCutter(chunkBytes)
  let index = 0
  let total = 0
  let over = false

  function seal(body: Uint8Array, last: boolean): Uint8Array {
    const sealed = sealPiece(piece, { index: index++, last }, body)
    return piece.encrypted ? sealed : concatBytes(body, sealed)
  }

  return {
    push(bytes) {
      total += bytes.length
      over ||= total > streamMaxBytes
      if (over) return undefined
      const chunks: Uint8Array[] = []
      cutter.push(bytes, (body) => chunks.push(seal(body, false)))
      return chunks
    },
    end() {
      if (over) return undefined
      over = true
      const bytes = seal(cutter.rest(), true)
      return { bytes, tag: bytes.slice(bytes.length - TAG_BYTES) }
    },
  }
}
