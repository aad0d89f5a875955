/**
 * What the memory of messages says of one, so that none is taken twice. `seen`: it was taken before; `full`: the memory
 * is full, or this sender has had its share of it, and the message is refused rather than forgotten. `notBefore`: the
 * memory knows nothing of the time before, ms since epoch, and the message is from it.
 */
export type ReplayOutcome = 'fresh' | 'seen' | 'full' | { readonly notBefore: number }

/** A message, by what authenticates it: taken after it was opened, so that junk cannot fill the memory. */
export interface ReplayMark {
  /** Whose messages they are: `wxAppId:openid`, or a client's id. */
  readonly subject: string
  readonly keyId: Uint8Array
  /** The request's id, or the hash of a ciphertext. */
  readonly rid: Uint8Array
  /** When it was made by the sender's clock, ms since epoch. */
  readonly ts: number
}

/** In one process a table, in a fleet a store that all replicas share. Rejects where the store is gone: fail closed. */
export interface ReplayGuard {
  take(mark: ReplayMark): ReplayOutcome | Promise<ReplayOutcome>
}
