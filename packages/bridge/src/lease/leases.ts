/** A right to do one piece of work, until `endsAt`, for one owner. */
export interface Lease {
  /** ms since epoch by this process's clock. */
  readonly endsAt: number
  /** Whether the lease may still be relied on: asked right before the costly step. */
  isHeld(): boolean
  /** Ends it early; does nothing when another owner has it by now. Never throws. */
  release(): Promise<void>
}

/**
 * The port of leases. A lease saves calls; the store's compare-and-set keeps the data right, so two holders at once
 * cost a call and nothing else.
 */
export interface Leases {
  readonly name: string
  /** The lease, or undefined when somebody else holds it. Throws `STORE_UNAVAILABLE` when nobody can tell. */
  acquire(key: string, ttlMs: number): Promise<Lease | undefined>
  close(): Promise<void>
}
