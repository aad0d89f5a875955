/**
 * Request ids: a prefix that is this process's own and a number that rises. Cheap, unique in a fleet, and they sort.
 * @param random gives that many random bytes.
 */
export function createRequestIds(random: (length: number) => Uint8Array): () => string {
  const prefix = Buffer.from(random(6)).toString('hex')
  let count = 0
  return () => `${prefix}-${(count++).toString(36)}`
}

/** An id from outside, if it can stand in a log line as it is. */
export function outsideRequestId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : undefined
}
