import type { WebSocket } from 'ws'
import { createDeadline } from '../create-deadline.ts'
import { sendableCode } from './close-code.ts'

/** What an end is waited for with. */
export interface EndDeps {
  readonly closeWithinMs: number
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Closes a socket behind what was sent to it; the connection is cut when the other side does not answer in time. */
export function endSocket(socket: WebSocket, code: number, reason: string, { closeWithinMs, sleep }: EndDeps): void {
  if (socket.readyState === socket.CLOSED) return
  const deadline = createDeadline(closeWithinMs, sleep)
  socket.once('close', () => {
    deadline.end()
  })
  deadline.signal.addEventListener('abort', () => {
    if (deadline.isOver()) socket.terminate()
  })
  const sendable = sendableCode(code)
  if (sendable === undefined) socket.close()
  else socket.close(sendable, reason)
}
