import type { CallerRoute, PreparedCall } from './route.ts'

/** A target that has been answered before: its route is found and its parts are checked. */
export interface WarmTarget {
  readonly route: CallerRoute
  readonly prepared: () => PreparedCall
}

/** What is remembered of the targets that are read again and again. */
export interface WarmTargets {
  find(target: string): WarmTarget | undefined
  /** Only for a GET that was answered to a caller, so that strangers cannot fill it. */
  remember(target: string, route: CallerRoute, call: PreparedCall): void
}

const TARGETS_MAX = 10_000

/**
 * Routing and validation give the same for the same target each time, and cost a tenth of a warm read. They are
 * remembered; the caller, his rights and the credential are not.
 */
export function createWarmTargets(): WarmTargets {
  const targets = new Map<string, WarmTarget>()
  return {
    find: (target) => targets.get(target),
    remember(target, route, call) {
      if (targets.has(target)) return
      if (targets.size >= TARGETS_MAX) targets.clear()
      targets.set(target, { route, prepared: () => call })
    },
  }
}
