import { SEALING_FAILED, clientError } from '../client-error.ts'
import { shareRunning } from '../share-running.ts'

/** Bytes are asked for in blocks, for asking takes a turn of the host. */
const BLOCK_BYTES = 512
/** With so few left the next block is asked for, so that nobody waits. */
const LOW_BYTES = 128

/** Random bytes that are there already. */
export interface RandomPool {
  /** No byte is ever given twice. Rejects with 10009 where the host gives none. */
  take(length: number): Promise<Uint8Array>
}

/** @param random the host's generator */
export function createRandomPool(random: (length: number) => Promise<Uint8Array>): RandomPool {
  let block = new Uint8Array(0)
  let at = 0
  const fill = shareRunning(async () => {
    const fresh = await random(BLOCK_BYTES).catch((cause: unknown) => {
      throw clientError(SEALING_FAILED, cause)
    })
    if (fresh.length < BLOCK_BYTES) throw clientError(SEALING_FAILED)
    block = Uint8Array.from(fresh)
    at = 0
  })
  return {
    async take(length) {
      while (at + length > block.length) await fill()
      const taken = block.slice(at, at + length)
      block.fill(0, at, (at += length))
      // Who is there next will hear of it, if this fails.
      if (block.length - at < LOW_BYTES) fill().catch(() => undefined)
      return taken
    },
  }
}
