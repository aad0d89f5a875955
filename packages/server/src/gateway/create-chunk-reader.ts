import type { Readable } from 'node:stream'
import { DrawbridgeError, HEADER_MAX_BYTES, headEnd, receiveRequest, receiveRequestHead } from '@drawbridge/protocol'
import type { ReceivedHead, ReceivedRequest } from '@drawbridge/protocol'
import { nodeTextCodec } from '@drawbridge/protocol/node'
import { createDeadline } from './create-deadline.ts'

/** A tag of 16 bytes behind every 64 KiB, and one more. */
const TAGS_SHARE = 4096
const TAG_BYTES = 16

/** What was read: a request, or the head of one that is larger than it may be. Nothing of either is known to be true. */
export type ReadChunks = { readonly received: ReceivedRequest } | { readonly tooLarge: ReceivedHead }

/** Requests that are being read, and the bytes of them that are held. */
export interface ChunkReader {
  /**
   * Reads a request in chunks. Its head decides how much more of it is read.
   * Undefined for what is no such request; throws `GATEWAY_BUSY`, and `REQUEST_INVALID` when its
   * time is over.
   * @param limitOf clear bytes that a request with this head may have
   */
  read(stream: Readable, limitOf: (head: ReceivedHead) => number): Promise<ReadChunks | undefined>
}

/** What requests are read with. */
export interface ChunkReaderDeps {
  /** Of all requests together: nothing of them is known to be true before their end. */
  readonly heldMaxBytes: number
  /** Within which a request has to come to its end. */
  readonly withinMs: number
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Reads requests in chunks into a room that they share. */
export function createChunkReader({ heldMaxBytes, withinMs, sleep }: ChunkReaderDeps): ChunkReader {
  let held = 0
  return {
    async read(stream, limitOf) {
      const pieces: Buffer[] = []
      let bytes = 0
      let limit = 2 + HEADER_MAX_BYTES
      let head: ReceivedHead | undefined
      const deadline = createDeadline(withinMs, sleep)
      deadline.signal.addEventListener('abort', () => {
        if (deadline.isOver())
          stream.destroy(new DrawbridgeError('REQUEST_INVALID', { field: 'body', reason: 'too slow' }))
      })
      try {
        // Left open: the answer goes out on the same connection.
        for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          pieces.push(piece)
          bytes += piece.length
          held += piece.length
          if (held > heldMaxBytes) throw new DrawbridgeError('GATEWAY_BUSY')
          if (!head) {
            const start = Buffer.concat(pieces)
            const end = headEnd(start)
            if (end === undefined || (end > start.length && end <= limit)) continue
            head = receiveRequestHead(start)
            if (!head) return undefined
            limit = end + wireBytes(limitOf(head))
          }
          if (bytes > limit) return { tooLarge: head }
        }
        const received = head && receiveRequest(Buffer.concat(pieces), { streamMaxBytes: limit }, nodeTextCodec)
        return received && { received }
      } finally {
        deadline.end()
        held -= bytes
      }
    },
  }
}

function wireBytes(clearBytes: number): number {
  return clearBytes + Math.ceil(clearBytes / TAGS_SHARE) + 2 * TAG_BYTES
}
