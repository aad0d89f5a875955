/** What came back from the server, authentic or not. */
export interface Posted {
  readonly status: number
  readonly body: Uint8Array
  /** What the answer calls the request where nothing is sealed, by a header or in a socket's message; nobody vouches for it. */
  readonly requestId: string | undefined
}
