/** Ids that are new, each greater than those made before it in this process: 24 hex characters. */
export type MakeDocumentId = () => string

const COUNTER_END = 0x1000000

/**
 * MongoDB's form of an id: seconds, what is the process's own, a counter. `now` in ms, `random` gives so many bytes.
 * Two processes do not meet, but an id is nothing to be kept secret.
 */
export function createDocumentIds({
  now,
  random,
}: {
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
}): MakeDocumentId {
  const own = Buffer.from(random(5)).toString('hex')
  // In the lower half, so that it is long before it starts anew.
  let counter = Buffer.from(random(3)).readUIntBE(0, 3) >> 1
  let seconds = 0
  return () => {
    counter = (counter + 1) % COUNTER_END
    // A clock that is set back makes no id that was there before.
    seconds = Math.max(seconds, Math.floor(now() / 1000))
    return `${(seconds % 2 ** 32).toString(16).padStart(8, '0')}${own}${counter.toString(16).padStart(6, '0')}`
  }
}
