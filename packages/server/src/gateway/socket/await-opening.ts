import { HEADER_MAX_BYTES } from '@drawbridge/protocol'
import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { createDeadline } from '../create-deadline.ts'

/** Of a query, headers, `clientInfo` and token, as beside a request's body. */
export const OPENING_MAX_BYTES = 65_536
/** The header's length, a tag, and the frames of WebSocket around it. */
const FRAMING_BYTES = 256

/** What came first. */
export type FirstMessage = { readonly bytes: Buffer } | 'text' | 'late' | 'too large' | 'gone'

/** A socket that is not open yet. */
export interface Opening {
  readonly first: Promise<FirstMessage>
  /** Aborted when the client is gone or going, or said more before it was answered. */
  readonly gone: AbortSignal
  /** From now on others listen. */
  end(): void
}

/** Waits for the first message; whatever comes behind it before it is answered ends the socket. */
export function awaitOpening(
  client: WebSocket,
  socket: Socket,
  {
    openWithinMs,
    sleep,
  }: {
    readonly openWithinMs: number
    /** Waits that long, or until the signal. */
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  },
): Opening {
  const deadline = createDeadline(openWithinMs, sleep)
  const gone = new AbortController()
  let bytes = 0
  let settle: (first: FirstMessage) => void = () => undefined
  let isSettled = false
  const first = new Promise<FirstMessage>((resolve) => (settle = resolve))

  function decide(message: FirstMessage): void {
    // One message, and then silence until the answer.
    if (isSettled) gone.abort()
    isSettled = true
    deadline.end()
    settle(message)
  }
  // A message is held until it is whole, and who sends it has shown nothing yet.
  function count(piece: Buffer): void {
    bytes += piece.length
    if (bytes <= OPENING_MAX_BYTES + HEADER_MAX_BYTES + FRAMING_BYTES) return
    client.pause()
    decide('too large')
  }
  function hear(data: RawData, isBinary: boolean): void {
    decide(isBinary && data instanceof Buffer ? { bytes: data } : 'text')
  }
  function leave(): void {
    decide('gone')
    gone.abort()
  }

  socket.prependListener('data', count)
  client.on('message', hear)
  client.on('close', leave)
  deadline.signal.addEventListener('abort', () => {
    if (deadline.isOver()) decide('late')
  })
  return {
    first,
    gone: gone.signal,
    end() {
      socket.off('data', count)
      client.off('message', hear)
      client.off('close', leave)
    },
  }
}
