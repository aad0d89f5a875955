import { DrawbridgeError } from '@drawbridge/protocol'

/** How long to leave the platform alone after failures in a row, ms. */
interface Pause {
  readonly firstMs: number
  readonly mostMs: number
}

const PASSING: Pause = { firstMs: 1_000, mostMs: 60_000 }
const NEXT_MINUTE: Pause = { firstMs: 60_000, mostMs: 60_000 }
const QUOTA: Pause = { firstMs: 300_000, mostMs: 1_800_000 }
const OPERATOR: Pause = { firstMs: 10_000, mostMs: 300_000 }
const USER: Pause = { firstMs: 60_000, mostMs: 60_000 }

/** The errcodes that ask for a pause of their own; every other errcode waits for an operator. */
const PAUSES: ReadonlyMap<number, Pause> = new Map([
  [-1, PASSING],
  [45011, NEXT_MINUTE],
  [45009, QUOTA],
  [40003, USER],
  [40029, USER],
  [40030, USER],
  [42002, USER],
  [42007, USER],
  [87007, USER],
  [87009, USER],
])

/** The longest pause there is, ms; a note from a replica whose clock is off cannot ask for more. */
export const LONGEST_PAUSE_MS = QUOTA.mostMs

/**
 * The pause before the next attempt, ms: doubling with each failure in a row, up to a bound, with up to a fifth
 * more by chance so that replicas spread. `failures` counts this one.
 */
export function cooldownMs(error: unknown, failures: number, random: () => number): number {
  const { firstMs, mostMs } = pauseFor(error)
  const pause = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 16))
  return Math.round(pause * (1 + random() / 5))
}

function pauseFor(error: unknown): Pause {
  if (!(error instanceof DrawbridgeError)) return PASSING
  const errcode = error.detail['errcode']
  if (typeof errcode === 'number') return PAUSES.get(errcode) ?? OPERATOR
  return PASSING
}
