import { concatBytes } from '../bytes/concat-bytes.ts'
import { createChunkCutter } from './chunk-cutter.ts'
import type { ChunkSizes } from './chunk-sealer.ts'
import { CHUNK_BYTES, STREAM_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'
import { openPiece } from './sealed-piece.ts'
import type { PieceKey } from './sealed-piece.ts'

/**
 * Opens a body as it comes. Every piece that it gives is authentic and in its place, but whether the message is whole
 * is known at `end()` alone: do not act before.
 */
export interface ChunkOpener {
  /** Takes any number of bytes; gives the bodies of the chunks that are complete. `undefined` refuses, for good. */
  push(bytes: Uint8Array): readonly Uint8Array[] | undefined
  /** The last chunk's body and the tag by which the message is known; `undefined` refuses the message. */
  end(): { readonly body: Uint8Array; readonly tag: Uint8Array } | undefined
}

/** An opener for one message: its chunks are all full but the last. */
export function createChunkOpener(piece: PieceKey, sizes: ChunkSizes = {}): ChunkOpener {
  const { chunkBytes = CHUNK_BYTES, streamMaxBytes = STREAM_MAX_BYTES } = sizes
  const cutter = createChunkCutter(chunkBytes + TAG_BYTES)
  let index = 0
  let total = 0
  let refused = false

  function open(chunk: Uint8Array, last: boolean): Uint8Array | undefined {
    const clearBytes = chunk.length - TAG_BYTES
    total += clearBytes
    refused ||= clearBytes < 0 || total > streamMaxBytes
    if (refused) return undefined
    const parts = piece.encrypted
      ? { sealed: chunk, clear: undefined }
      : { sealed: chunk.subarray(clearBytes), clear: chunk.slice(0, clearBytes) }
    const body = openPiece(piece, { index: index++, last }, parts)
    refused ||= body === undefined
    return body
  }

  return {
    push(bytes) {
      const bodies: Uint8Array[] = []
      if (!refused)
        cutter.push(bytes, (chunk) => {
          const body = open(chunk, false)
          if (body) bodies.push(body)
        })
      return refused ? undefined : bodies
    },
    end() {
      const last = cutter.rest()
      const body = open(last, true)
      refused = true
      return body && { body, tag: last.slice(last.length - TAG_BYTES) }
    },
  }
}

/** All chunks of a message that is there as a whole: its body, and the tag of the last. `undefined` refuses it. */
export function openChunks(
  opener: ChunkOpener,
  sealed: Uint8Array,
): { readonly body: Uint8Array; readonly tag: Uint8Array } | undefined {
  const bodies = opener.push(sealed)
  const end = bodies && opener.end()
  return end && { body: concatBytes(...bodies, end.body), tag: end.tag }
}
