import type { Clock } from '../../clock/clock.ts'
import type { SwitchBoard } from '../../state/switch-board.ts'

/** Whether the mini program is in front, and what follows for its requests. */
export interface Visibility {
  background(): void
  foreground(): void
  readonly isForeground: boolean
  /** May a request start now? */
  mayStart(): boolean
  /** Calls back when unfinished requests are interrupted; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void
}

const GRACE_MS = 5_000

/** In front at first. Five seconds after going to the background, what is unfinished is interrupted. */
export function createVisibility(clock: Clock, switches: SwitchBoard): Visibility {
  const listeners = new Set<() => void>()
  let away: AbortController | undefined
  let suspended = false

  const suspendLater = async (left: AbortController): Promise<void> => {
    await clock.wait(GRACE_MS, left.signal)
    if (left.signal.aborted) return
    suspended = true
    for (const interrupt of [...listeners]) interrupt()
  }

  return {
    get isForeground() {
      return away === undefined
    },
    background() {
      if (away !== undefined) return
      away = new AbortController()
      void suspendLater(away)
    },
    foreground() {
      away?.abort()
      away = undefined
      suspended = false
    },
    mayStart: () => away === undefined || (!suspended && switches.get('backgroundRefuses') === 'after-5s'),
    onInterrupt(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
