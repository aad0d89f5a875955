import { Transform } from 'node:stream'
import type { Readable, TransformCallback } from 'node:stream'
import { DrawbridgeError, FILE_HEAD_BYTES, openFile } from '@drawbridge/protocol'
import type { ChunkOpener, FileContentKey, Primitives } from '@drawbridge/protocol'

/**
 * A sealed content, opened as it comes; ends well when it is whole and nothing of it was changed, and only then may
 * anybody see it. Breaks off with `FILE_UPLOAD_BROKEN`, the same for every way to be wrong. The source is let go of
 * then and left as it is, so that its sender can be answered.
 */
export function openContent(sealed: Readable, key: FileContentKey, primitives: Primitives): Transform {
  const held = Buffer.alloc(FILE_HEAD_BYTES)
  let heldBytes = 0
  let opener: ChunkOpener | undefined

  /** What follows the head. */
  const takeHead = (bytes: Buffer): Buffer => {
    if (heldBytes === FILE_HEAD_BYTES) return bytes
    const taken = bytes.copy(held, heldBytes)
    heldBytes += taken
    if (heldBytes === FILE_HEAD_BYTES) opener = openFile(primitives, key, held)
    return bytes.subarray(taken)
  }

  const opened = new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      const rest = takeHead(bytes)
      const bodies = heldBytes < FILE_HEAD_BYTES ? [] : opener?.push(rest)
      for (const body of bodies ?? []) this.push(body)
      done(bodies ? null : broken('it does not open'))
    },
    flush(done: TransformCallback) {
      const end = opener?.end()
      if (end) done(null, end.body)
      else done(broken('it does not open'))
    },
  })
  // It may break off before anybody listens, and then tells him all the same.
  opened.on('error', () => undefined)
  const breakOff = (cause?: unknown): void => void opened.destroy(broken('it was cut off', cause))
  const onClose = (): void => {
    if (!sealed.readableEnded) breakOff()
  }
  sealed.on('error', breakOff)
  sealed.on('close', onClose)
  opened.on('close', () => {
    sealed.unpipe(opened)
    sealed.off('close', onClose)
  })
  return sealed.pipe(opened)
}

function broken(reason: string, cause?: unknown): DrawbridgeError {
  return new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason }, { cause })
}
