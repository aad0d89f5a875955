/** Whole seconds from now until a moment, never below zero. Both in ms since the epoch. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.floor((until - now) / 1000))
}

/** A moment as WeChat writes it: whole seconds since the epoch. */
export function unixSeconds(moment: number): number {
  return Math.floor(moment / 1000)
}
