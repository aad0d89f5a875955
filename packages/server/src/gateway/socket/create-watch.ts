import type { SocketLimits } from './socket-limits.ts'

/** An open socket, as the watch knows it. */
export interface Watched {
  look(): void
  beat(): void
  /** Ends it, for the server stops. */
  stop(): void
}

/** Looks after open sockets from time to time: one timer for all of them. */
export interface Watch {
  /** @returns takes it out again */
  add(socket: Watched): () => void
  /** Ends all, and every later one at once. */
  stop(): void
}

/** The first `beat` comes a whole `beatEveryMs` after the beginning. @param sleep waits that long, or until the signal */
export function createWatch(
  { lookEveryMs, beatEveryMs }: Pick<SocketLimits, 'lookEveryMs' | 'beatEveryMs'>,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Watch {
  /** Each with the looks until its next beat: those of many sockets do not fall on one moment. */
  const looks = new Map<Watched, number>()
  const stopped = new AbortController()
  const looksPerBeat = Math.max(1, Math.round(beatEveryMs / lookEveryMs))
  let isRunning = false

  async function run(): Promise<void> {
    isRunning = true
    while (looks.size > 0) {
      await sleep(lookEveryMs, stopped.signal).catch(() => undefined)
      if (stopped.signal.aborted) return
      for (const [socket, left] of looks) {
        looks.set(socket, left === 1 ? looksPerBeat : left - 1)
        socket.look()
        if (left === 1 && looks.has(socket)) socket.beat()
      }
    }
    isRunning = false
  }

  return {
    add(socket) {
      if (stopped.signal.aborted) {
        socket.stop()
        return () => undefined
      }
      looks.set(socket, looksPerBeat)
      if (!isRunning) void run()
      return () => void looks.delete(socket)
    },
    stop() {
      stopped.abort()
      for (const socket of looks.keys()) socket.stop()
    },
  }
}
