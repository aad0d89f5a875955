import type { RunningCall } from './running-call.ts'

/** How deep functions may call one another: the first call has depth 0. */
export const DEPTH_MAX = 8

/**
 * The calls of one kind that wait, and how many workers run such calls. Calls from outside and calls by functions have
 * a lane each: were they in one, functions that wait for functions could fill it and wait for ever.
 */
export interface CallLane {
  readonly waiting: RunningCall[]
  /** The one whose turn it is. */
  next(): RunningCall | undefined
  /** Whether one more worker may run such a call. */
  admits(call: RunningCall): boolean
  /** Those of the waiting calls that a worker may be started for. */
  admissible(): readonly RunningCall[]
  began(call: RunningCall): void
  ended(call: RunningCall): void
}

/** Calls from outside: first come, first served, on `max` workers. */
export function createOuterLane(max: number): CallLane {
  const waiting: RunningCall[] = []
  let busy = 0
  return {
    waiting,
    next: () => waiting[0],
    admits: () => busy < max,
    admissible: () => waiting.slice(0, Math.max(0, max - busy)),
    began: () => void (busy += 1),
    ended: () => void (busy -= 1),
  }
}

/**
 * Calls by functions: the deepest first, on `max` workers, and on one more while no call as deep runs. So the deepest
 * that waits always gets a worker in the end, and those that wait for it go on.
 */
export function createInnerLane(max: number): CallLane {
  const waiting: RunningCall[] = []
  const busyAt = Array.from({ length: DEPTH_MAX + 1 }, () => 0)
  let busy = 0
  const count = ({ call }: RunningCall, change: 1 | -1): void => {
    busy += change
    busyAt[call.depth] = (busyAt[call.depth] ?? 0) + change
  }
  const next = (): RunningCall | undefined =>
    waiting.reduce<RunningCall | undefined>(
      (deepest, each) => (deepest && deepest.call.depth >= each.call.depth ? deepest : each),
      undefined,
    )
  const admits = ({ call }: RunningCall): boolean =>
    busy < max || busyAt.slice(call.depth).every((running) => running === 0)
  return {
    waiting,
    next,
    admits,
    admissible() {
      const first = next()
      return first && busy >= max ? [first].filter(admits) : waiting.slice(0, max - busy)
    },
    began: (call) => count(call, 1),
    ended: (call) => count(call, -1),
  }
}
