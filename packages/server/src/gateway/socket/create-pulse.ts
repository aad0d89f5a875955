import type { WebSocket } from 'ws'

/** Whether the other side of a socket is there. */
export interface Pulse {
  /** Pings; false: since the last time nothing came, not even an answer. */
  beat(): boolean
}

/** The pulse of an open socket. */
export function createPulse(socket: WebSocket): Pulse {
  let isAlive = true
  const hear = (): void => {
    isAlive = true
  }
  socket.on('pong', hear)
  socket.on('message', hear)
  return {
    beat() {
      const wasAlive = isAlive
      // From one that is not read nothing is heard.
      isAlive = socket.isPaused
      if (!isAlive) socket.ping()
      return wasAlive || isAlive
    },
  }
}
