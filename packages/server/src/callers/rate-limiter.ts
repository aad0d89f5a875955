import { DrawbridgeError } from '@drawbridge/protocol'

const WINDOW_MS = 60_000

/** Counts what each key does in a minute. In this process only: N replicas allow N times as much. */
export interface RateLimiter {
  /** Counts one; throws `RATE_LIMITED` with `retryAfterSeconds` when the key has had its share of this minute. */
  take(key: string): void
  /** Whether `take` would throw now. The key is made only when somebody has been counted. */
  isSpent(key: () => string): boolean
}

/**
 * A fixed window of one minute per key, from the key's first request on. Holds at most `maxKeys` keys; the one
 * that came first goes first, so a crowd of keys cannot fill the memory.
 * @param perMinute 0: no limit.
 */
export function createRateLimiter({
  perMinute,
  maxKeys = 10_000,
  now,
}: {
  readonly perMinute: number
  readonly maxKeys?: number
  readonly now: () => number
}): RateLimiter {
  const windows = new Map<string, { startedAt: number; count: number }>()
  if (perMinute === 0) return { take() {}, isSpent: () => false }

  return {
    take(key) {
      const at = now()
      const window = windows.get(key)
      if (window && at - window.startedAt < WINDOW_MS && at >= window.startedAt) {
        if (window.count >= perMinute) throw limited(window.startedAt + WINDOW_MS - at, perMinute)
        window.count++
        return
      }
      // Deleted first so that the map's order stays the order of the windows' starts.
      windows.delete(key)
      if (windows.size >= maxKeys) dropFirst(windows)
      windows.set(key, { startedAt: at, count: 1 })
    },
    isSpent(key) {
      if (windows.size === 0) return false
      const window = windows.get(key())
      if (!window || window.count < perMinute) return false
      const at = now()
      return at >= window.startedAt && at - window.startedAt < WINDOW_MS
    },
  }
}

function limited(leftMs: number, perMinute: number): DrawbridgeError {
  return new DrawbridgeError('RATE_LIMITED', {
    retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
    limitPerMinute: perMinute,
  })
}

function dropFirst(windows: Map<string, unknown>): void {
  for (const key of windows.keys()) {
    windows.delete(key)
    return
  }
}
