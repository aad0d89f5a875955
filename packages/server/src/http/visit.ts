/** One request's own facts: who asks is found out later. */
export interface Visit {
  /** Ours, unique in the fleet; sent back as `x-request-id`. */
  readonly requestId: string
  /** What the client or a proxy called the request, when that was well-formed. */
  readonly outsideRequestId: string | undefined
  /** When it came, ms since epoch. */
  readonly at: number
  /** The client's address. */
  readonly address: string
}
