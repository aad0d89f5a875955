/** The server's clock as far as sealed responses tell of it; nothing else moves it. */
export interface ServerClock {
  /** ms since epoch. */
  now(): number
  /** The server said what time it is. */
  adopt(serverTime: number): void
  /** A sealed response came, made at `ts`: between sending and now, where this clock is right. */
  observe(ts: number, sentAt: number): void
}

/** @param now the host's clock, which may be wrong */
export function createServerClock(now: () => number): ServerClock {
  let offset = 0
  const corrected = (): number => now() + offset
  const adopt = (serverTime: number): void => {
    offset = serverTime - now()
  }
  return {
    now: corrected,
    adopt,
    observe(ts, sentAt) {
      if (ts < sentAt || ts > corrected()) adopt(ts)
    },
  }
}
