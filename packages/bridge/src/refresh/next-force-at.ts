/** WeChat's limits on force_refresh: 20 a day, 30 s apart. The day is Shanghai's (no document says so). */
const FORCES_A_DAY = 20
const FORCES_APART_MS = 30_000
/** What reports of bad tokens leave for an operator's own hand. */
const KEPT_FOR_OPERATORS = 5

const DAY_MS = 86_400_000
const SHANGHAI_OFFSET_MS = 8 * 3_600_000

/** Who wants to force: a report of a bad value, or an operator. */
export type Forcer = 'report' | 'operator'

/** The moments of one day's forced refreshes that still count at `now`. */
export function forcesToday(forcedAt: readonly number[], now: number): readonly number[] {
  const dayStart = Math.floor((now + SHANGHAI_OFFSET_MS) / DAY_MS) * DAY_MS - SHANGHAI_OFFSET_MS
  // The last one counts across midnight too: two have to be 30 s apart on any day.
  return forcedAt.filter((at) => at >= dayStart || now - at < FORCES_APART_MS)
}

/** When the next forced refresh is allowed, ms since epoch; `now` or earlier: at once. */
export function nextForceAt(forcedAt: readonly number[], forcer: Forcer, now: number): number {
  const today = forcesToday(forcedAt, now)
  const allowed = forcer === 'operator' ? FORCES_A_DAY : FORCES_A_DAY - KEPT_FOR_OPERATORS
  if (today.length >= allowed) {
    return Math.floor((now + SHANGHAI_OFFSET_MS) / DAY_MS + 1) * DAY_MS - SHANGHAI_OFFSET_MS
  }
  return (today.at(-1) ?? -FORCES_APART_MS) + FORCES_APART_MS
}

/** How many forced refreshes are left today. */
export function forcesLeft(forcedAt: readonly number[], now: number): number {
  return Math.max(0, FORCES_A_DAY - forcesToday(forcedAt, now).length)
}
