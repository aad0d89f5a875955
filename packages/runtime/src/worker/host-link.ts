import { Socket } from 'node:net'
import { createFrameReader, encodeFrame } from '../wire/frame-codec.ts'
import { FRAME_MAX_BYTES } from '../wire/frame-limits.ts'
import type { FromWorker, ToWorker } from '../wire/worker-frame.ts'

/** The pipe to the server. */
export interface HostLink {
  /** Bytes leave at once while the pipe has room: what is sent before a busy loop arrives. */
  send(head: FromWorker, payload?: string): void
  /** Bytes that the pipe had no room for yet. */
  waitingBytes(): number
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
}

/** Speaks frames over a file descriptor; `onGone` when the server has closed its end. */
export function openHostLink({
  fd,
  onFrame,
  onGone,
}: {
  readonly fd: number
  readonly onFrame: (head: ToWorker, payload: Buffer) => void
  readonly onGone: () => void
}): HostLink {
  const socket = new Socket({ fd, readable: true, writable: true })
  const read = createFrameReader(FRAME_MAX_BYTES, ({ head, payload }) => onFrame(head as ToWorker, payload))
  socket.on('data', read)
  socket.on('error', onGone)
  socket.on('close', onGone)
  const { write } = socket
  return {
    send: (head, payload) => void write.call(socket, encodeFrame(head, payload)),
    waitingBytes: () => socket.writableLength,
    drained: () =>
      socket.writableLength === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            write.call(socket, '', 'utf8', () => resolve())
          }),
  }
}
