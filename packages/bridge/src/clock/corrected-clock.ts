import type { BridgeEvent } from '../bridge.ts'

/** The time that the replicas agree on, as far as this process has found it out. */
export interface CorrectedClock {
  /** ms since epoch. */
  now(): number
  /** Finds out how far off this machine's clock is, once. Never throws. */
  measure(): Promise<void>
  /** Measures again and again until the signal. */
  keep(signal: AbortSignal): Promise<void>
}

const MEASURE_EVERY_MS = 10_000
/** An answer that took longer may have waited for a process that was stopped: it says too little. */
const TRIP_MOST_MS = 500
/** Less is the noise of measuring; lives are counted in seconds. */
const NOISE_MS = 250
/** By so much more or less than the time that has passed, and the clock has jumped. */
const JUMP_MS = 1_000

/**
 * This machine's clock, corrected by one that all replicas can ask. A credential's life is counted from the moment at
 * which one replica obtained it, so it matters little whether that clock is right, but much that it is one and the
 * same: a replica that is ten minutes slow would serve a token for ten minutes after its end, and one that is ten
 * minutes fast would make all others do so.
 */
export function createCorrectedClock(deps: {
  /** This machine's clock, ms since epoch; it may be set at any time. */
  readonly machineNow: () => number
  /** The clock that all ask, ms since epoch. */
  readonly askTime: () => Promise<number>
  /** ms; nobody sets it. */
  readonly monotonic: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** The name of the clock that is asked, for events. */
  readonly host: string
  readonly onEvent: (event: BridgeEvent) => void
}): CorrectedClock {
  const { machineNow, askTime, monotonic, sleep, host, onEvent } = deps
  let correctionMs = 0
  let toldMs: number | undefined
  let sinceStart = machineNow() - monotonic()

  /** Set, or the machine slept: which of the two, only the others can tell. */
  function noticeJump(): void {
    const jumpMs = machineNow() - monotonic() - sinceStart
    if (Math.abs(jumpMs) < JUMP_MS) return
    sinceStart += jumpMs
    void measure()
  }

  async function measure(): Promise<void> {
    const startedAt = monotonic()
    let time: number
    try {
      time = await askTime()
    } catch {
      // What is known is good enough until it can be asked again.
      return
    }
    const endedAt = monotonic()
    if (endedAt - startedAt > TRIP_MOST_MS) return
    // Clocks drift, and are slewed to be right again; that is no jump.
    sinceStart = machineNow() - endedAt
    const skewMs = machineNow() - (endedAt - startedAt) / 2 - time
    if (Math.abs(skewMs + correctionMs) > NOISE_MS) correctionMs = -skewMs
    if (toldMs !== undefined && Math.abs(skewMs - toldMs) <= NOISE_MS) return
    toldMs = skewMs
    onEvent({ type: 'clock', skewMs: Math.round(skewMs), host })
  }

  return {
    now() {
      noticeJump()
      return Math.round(machineNow() + correctionMs)
    },
    measure,
    async keep(signal) {
      while (!signal.aborted) {
        await measure()
        // An aborted sleep rejects; the loop's own condition ends it.
        await sleep(MEASURE_EVERY_MS, signal).catch(() => undefined)
      }
    },
  }
}
