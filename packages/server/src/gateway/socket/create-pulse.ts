import type { WebSocket } from 'ws'

/** A ping may be behind what the system still has to deliver: one late answer is no death. */
const UNANSWERED_MAX = 2

/** Whether the other side of a socket is there. */
export interface Pulse {
  /** Pings; false: since the last two pings nothing came, not even an answer. */
  beat(): boolean
}

/** The pulse of an open socket. @param isBehind whether something waits to be sent to it, and so a ping would too */
export function createPulse(socket: Pick<WebSocket, 'on' | 'ping' | 'isPaused'>, isBehind: () => boolean): Pulse {
  let unanswered = 0
  const hear = (): void => {
    unanswered = 0
  }
  socket.on('pong', hear)
  socket.on('message', hear)
  return {
    beat() {
      // From one that is not read nothing is heard, and of one that is behind its progress tells.
      if (socket.isPaused || isBehind()) unanswered = 0
      else if (unanswered === UNANSWERED_MAX) return false
      else unanswered++
      socket.ping()
      return true
    },
  }
}
