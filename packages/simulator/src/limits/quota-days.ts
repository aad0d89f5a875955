const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MINUTE_MS = 60_000

/** Which minute, day and month the platform's quotas are in. */
export interface QuotaDays {
  minute(): number
  /** Days begin at midnight of the offset that the switch names (China: UTC+8). */
  day(): number
  month(): number
}

/** Reads the windows off a clock. */
export function createQuotaDays(now: () => number, offsetHours: () => number): QuotaDays {
  const local = (): number => now() + offsetHours() * HOUR_MS
  return {
    minute: () => Math.floor(now() / MINUTE_MS),
    day: () => Math.floor(local() / DAY_MS),
    month() {
      const date = new Date(local())
      return date.getUTCFullYear() * 12 + date.getUTCMonth()
    },
  }
}
