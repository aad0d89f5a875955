import { DrawbridgeError } from '@drawbridge/protocol'

const IDLE_MS = 30_000

/**
 * Aborts an upload that stands still or takes longer than `totalMs`: a connection that is held open costs memory and
 * room. Ends when `stop` is aborted, by this or by the caller.
 * @param bytesRead how much has come so far.
 */
export async function watchUpload({
  totalMs,
  bytesRead,
  sleep,
  stop,
}: {
  readonly totalMs: number
  readonly bytesRead: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly stop: AbortController
}): Promise<void> {
  try {
    for (let leftMs = totalMs; leftMs > 0; leftMs -= IDLE_MS) {
      const before = bytesRead()
      await sleep(Math.min(IDLE_MS, leftMs), stop.signal)
      if (bytesRead() === before) break
    }
  } catch {
    // The upload has ended.
    return
  }
  stop.abort(new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason: 'too slow' }))
}
