/**
 * Whether a lease may be relied on: by a clock that goes on while the process is stopped and that nobody sets back,
 * and by the wall clock, for a machine that slept.
 */
export function heldUntil(deps: {
  /** ms since epoch. */
  readonly endsAt: number
  /** The same end by the monotonic clock, ms. */
  readonly monotonicEnd: number
  readonly now: () => number
  readonly monotonic: () => number
}): () => boolean {
  return () => deps.monotonic() < deps.monotonicEnd && deps.now() < deps.endsAt
}
