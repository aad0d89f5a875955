import { Transform, pipeline } from 'node:stream'
import type { Readable, TransformCallback } from 'node:stream'
import { DrawbridgeError, sealFile } from '@drawbridge/protocol'
import type { FileContentKey, Primitives } from '@drawbridge/protocol'

/**
 * A content, sealed as it is read. Who breaks off ends the reading too; what cannot be read on ends without its last
 * chunk, so that no reader takes it for whole.
 * @param salt 16 bytes that no other answer has
 */
export function sealContent(
  content: Readable,
  {
    key,
    salt,
    primitives,
  }: { readonly key: FileContentKey; readonly salt: Uint8Array; readonly primitives: Primitives },
): Readable {
  const file = sealFile(primitives, key, salt)
  if (!file) {
    content.destroy()
    throw new DrawbridgeError('FILE_SIGNATURE_INVALID', { reason: 'of a suite that is not here' })
  }
  const { head, sealer } = file
  const sealed = new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      const chunks = sealer.push(bytes)
      for (const chunk of chunks ?? []) this.push(chunk)
      done(chunks ? null : tooLarge())
    },
    flush(done: TransformCallback) {
      const end = sealer.end()
      if (end) done(null, end.bytes)
      else done(tooLarge())
    },
  })
  sealed.push(head)
  pipeline(content, sealed, () => undefined)
  return sealed
}

function tooLarge(): DrawbridgeError {
  return new DrawbridgeError('FILE_TOO_LARGE')
}
