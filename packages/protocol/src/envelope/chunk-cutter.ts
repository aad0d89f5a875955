/** Cuts what comes in pieces of any size into chunks of one size; the last may be shorter and is given at the end. */
export interface ChunkCutter {
  /** Calls `take` for every chunk behind which more bytes have come. The array that it gets is used again afterwards. */
  push(bytes: Uint8Array, take: (chunk: Uint8Array) => void): void
  /** What is left: the last chunk. */
  rest(): Uint8Array
}

/** A cutter for chunks of so many bytes. */
export function createChunkCutter(chunkBytes: number): ChunkCutter {
  const held = new Uint8Array(chunkBytes)
  let length = 0
  return {
    push(bytes, take) {
      for (let at = 0; at < bytes.length;) {
        if (length === chunkBytes) {
          take(held)
          length = 0
        }
        const part = bytes.subarray(at, at + chunkBytes - length)
        held.set(part, length)
        length += part.length
        at += part.length
      }
    },
    rest: () => held.subarray(0, length),
  }
}
