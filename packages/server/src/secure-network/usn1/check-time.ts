import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'

const PAST_MS = 120_000

/** How early a message may be. */
export const FUTURE_MS = 60_000

/** How long a message may be taken, from the earliest moment to the last, ms: so long it is remembered. */
export const MESSAGE_LIFE_MS = PAST_MS + FUTURE_MS

/**
 * Whether a message is of now: at most two minutes old and one minute early. What was sealed before this process began
 * may have been taken by the one before, whose memory is gone: `bootedAt` undefined where the memory outlives processes.
 * @param ts ms since epoch, as the client says; authentic
 */
export function checkTime(
  ts: number,
  { now, bootedAt }: { readonly now: () => number; readonly bootedAt: number | undefined },
): Refused | undefined {
  const at = now()
  if (at - ts > PAST_MS || ts - at > FUTURE_MS)
    return refuse('CLIENT_TIME_SKEWED', `the client's clock is ${Math.round((ts - at) / 1000)} s off`)
  if (bootedAt !== undefined && ts < bootedAt)
    return refuse('CLIENT_TIME_SKEWED', 'it was sealed before this server began, which has no memory of that time')
  return undefined
}
