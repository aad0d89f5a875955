import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DrawbridgeError } from '@drawbridge/protocol'
import { isNodeError } from './ask-disk.ts'

/**
 * Writes a new file (0600, its folder 0700) and waits until it is on the disk; gives its size in bytes. Throws
 * `FILE_TOO_LARGE` as soon as more than `maxBytes` have come, and what the source, the signal or the disk says; the
 * file is gone then.
 */
export async function writeWholeFile(
  path: string,
  content: Readable,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<number> {
  let sizeBytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) done(new DrawbridgeError('FILE_TOO_LARGE', { limit: maxBytes }))
      else done(null, chunk)
    },
  })
  // It may break off before the pipeline listens, and then tells the pipeline all the same.
  content.once('error', () => undefined)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await pipeline(content, counted, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }), { signal })
    return sizeBytes
  } catch (error) {
    // Somebody else's, who is writing it now.
    if (!isNodeError(error, 'EEXIST')) await rm(path, { force: true })
    throw signal.aborted ? signal.reason : error
  }
}
