import { DrawbridgeError } from '@drawbridge/protocol'

/** Ten years, s: longer is a mistake of unit. */
const LONGEST_S = 315_360_000

/**
 * The end of a lifetime in whole seconds from `now`, ms since epoch; undefined or -1: null, never.
 * Throws `DURATION_INVALID` for anything else that is not a positive whole number, before anything is written.
 */
export function endOf(seconds: number | undefined, now: number): number | null {
  if (seconds === undefined || seconds === -1) return null
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > LONGEST_S) {
    throw new DrawbridgeError('DURATION_INVALID', {})
  }
  return now + seconds * 1000
}
