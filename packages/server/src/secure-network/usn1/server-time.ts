/**
 * The time that clients are told, ms since epoch: the server's clock, and never a moment whose messages it refuses for
 * being from before its beginning.
 */
export function serverTime({
  now,
  bootedAt = 0,
}: {
  readonly now: () => number
  readonly bootedAt?: number | undefined
}): number {
  return Math.max(now(), bootedAt)
}
