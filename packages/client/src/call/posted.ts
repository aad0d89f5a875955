/** What came back from the server, authentic or not. */
export interface Posted {
  readonly status: number
  readonly body: Uint8Array
  /** What the answer's header calls the request; nobody vouches for it. */
  readonly requestId: string | undefined
}
