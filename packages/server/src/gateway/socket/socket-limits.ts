/** How much sockets may take, and how long. */
export interface SocketLimits {
  /** Admitted ones, of this process. */
  readonly socketsMax: number
  /** Admitted ones, of one address. */
  readonly perAddressMax: number
  /** Those of this process that have shown nothing yet; they take no places of the others. */
  readonly openingsMax: number
  /** Those of one address that have shown nothing yet. */
  readonly openingsPerAddressMax: number
  /** Within which the first message has to be there. */
  readonly openWithinMs: number
  /** How often the current policy is asked whether a socket may stay open. */
  readonly lookEveryMs: number
  /** How often both sides are pinged and the key is looked up anew; a multiple of `lookEveryMs`. */
  readonly beatEveryMs: number
  /** A side that takes nothing of what waits for it for so long is closed. */
  readonly stuckMs: number
  /** Within which a side has to answer a close. */
  readonly closeWithinMs: number
  /** Waiting for one side: the other is read no further. */
  readonly highWaterBytes: number
  /** Waiting in all sockets together. */
  readonly heldMaxBytes: number
}

/** What one process can bear. */
export const socketLimits: SocketLimits = {
  socketsMax: 10_000,
  perAddressMax: 500,
  openingsMax: 2000,
  openingsPerAddressMax: 50,
  openWithinMs: 10_000,
  lookEveryMs: 5000,
  beatEveryMs: 30_000,
  stuckMs: 60_000,
  closeWithinMs: 5000,
  highWaterBytes: 1_048_576,
  heldMaxBytes: 134_217_728,
}
