import { DrawbridgeError } from '@drawbridge/protocol'

const WINDOW_MS = 60_000

/** How often something may be tried in vain in a minute; what goes well is given back. */
export interface CallBudget {
  /** Spends one try of the key; the answer gives it back. Throws `RATE_LIMITED`. */
  spend(key: string): () => void
}

/** A fixed window of one minute for each key, in this process; at most `maxKeys`, the oldest goes first. */
export function createCallBudget({
  perMinute,
  maxKeys = 10_000,
  now,
}: {
  readonly perMinute: number
  readonly maxKeys?: number
  readonly now: () => number
}): CallBudget {
  const windows = new Map<string, { readonly startedAt: number; spent: number }>()

  function windowOf(key: string): { readonly startedAt: number; spent: number } {
    const at = now()
    const known = windows.get(key)
    if (known !== undefined && at - known.startedAt < WINDOW_MS && at >= known.startedAt) return known
    windows.delete(key)
    for (const oldest of windows.keys()) {
      if (windows.size < maxKeys) break
      windows.delete(oldest)
    }
    const fresh = { startedAt: at, spent: 0 }
    windows.set(key, fresh)
    return fresh
  }

  return {
    spend(key) {
      const window = windowOf(key)
      if (window.spent >= perMinute) {
        const retryAfterSeconds = Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now()) / 1000))
        throw new DrawbridgeError('RATE_LIMITED', { retryAfterSeconds, limitPerMinute: perMinute })
      }
      window.spent++
      let isBack = false
      return () => {
        if (!isBack) window.spent--
        isBack = true
      }
    },
  }
}
