import type { WebSocket } from 'ws'

/** Bytes that wait to be sent, in all sockets together. */
export interface Room {
  /** False: there is no room for so many more. */
  take(bytes: number): boolean
  give(bytes: number): void
}

/** A room of that many bytes. */
export function createRoom(maxBytes: number): Room {
  let held = 0
  return {
    take(bytes) {
      if (held + bytes > maxBytes) return false
      held += bytes
      return true
    },
    give(bytes) {
      held -= bytes
    },
  }
}

/** One direction of a socket: what comes from one side goes out at the other, and no faster than that takes it. */
export interface Outlet {
  /** False: the room is full, and the message was not sent. */
  send(data: Uint8Array, isBinary: boolean): boolean
  /** Whether something waits for the side. */
  isBehind(): boolean
  /** ms since the side took anything, while something waits for it; else 0. */
  waitingMs(): number
}

/** @param elapsed monotonic ms */
export function createOutlet({
  to,
  from,
  room,
  highWaterBytes,
  elapsed,
}: {
  readonly to: WebSocket
  readonly from: WebSocket
  readonly room: Room
  readonly highWaterBytes: number
  readonly elapsed: () => number
}): Outlet {
  let held = 0
  let movedAt = elapsed()
  return {
    send(data, isBinary) {
      const { length } = data
      if (!room.take(length)) return false
      if (held === 0) movedAt = elapsed()
      held += length
      // Called once in any case: when the system has taken the message, or when the connection ended before.
      to.send(data, { binary: isBinary }, () => {
        room.give(length)
        held -= length
        movedAt = elapsed()
        if (held <= highWaterBytes / 2 && from.isPaused) from.resume()
      })
      if (held > highWaterBytes) from.pause()
      return true
    },
    isBehind: () => held > 0,
    waitingMs: () => (held === 0 ? 0 : elapsed() - movedAt),
  }
}
