/** Ends a request that takes too long. */
export interface Deadline {
  /** Aborted when the time is over, or by `end`. */
  readonly signal: AbortSignal
  /** Whether it was time that ended it. */
  isOver(): boolean
  /** From now on anew. */
  extend(): void
  end(): void
}

/** A deadline that many ms from now. */
export function createDeadline(ms: number, sleep: (ms: number, signal: AbortSignal) => Promise<void>): Deadline {
  const ended = new AbortController()
  let over = false
  let waiting = new AbortController()

  const wait = (): void => {
    const own = (waiting = new AbortController())
    const expire = (): void => {
      if (own.signal.aborted) return
      over = true
      ended.abort()
    }
    sleep(ms, own.signal).then(expire, () => undefined)
  }

  wait()
  return {
    signal: ended.signal,
    isOver: () => over,
    extend() {
      waiting.abort()
      if (!ended.signal.aborted) wait()
    },
    end() {
      waiting.abort()
      ended.abort()
    },
  }
}
