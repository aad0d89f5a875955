import type { KeyedHash } from '../envelope/primitives.ts'

/**
 * SHA-256 (FIPS 180-4) in little code, for clients that count their kilobytes. It gives what `nobleSha256` gives, and is
 * not slower without JIT; where size is no matter, take that or the host's own.
 */
export const smallSha256: KeyedHash = {
  digest: (message) => finish(START, message, 0),
  hmac(key) {
    const short = key.length > BLOCK_BYTES ? finish(START, key, 0) : key
    const [inner, outer] = [padded(short, 0x36), padded(short, 0x5c)]
    return (message) => finish(outer, finish(inner, message, BLOCK_BYTES), BLOCK_BYTES)
  },
}

const BLOCK_BYTES = 64
/** FIPS 180-4 §4.2.2 and §5.3.3: 32 bits of the fractions of the primes' roots, which a double has with 17 bits to spare. */
const PRIMES = firstPrimes(64)
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))
/** The message schedule; nothing of it outlives a call. */
const W = new Int32Array(64)

/** The state behind one block of the key with its pad. */
function padded(key: Uint8Array, pad: number): Int32Array {
  const block = new Uint8Array(BLOCK_BYTES).fill(pad)
  for (let at = 0; at < key.length; at++) block[at] = (key[at] as number) ^ pad
  const state = START.slice()
  compress(state, block, 0)
  return state
}

/** The digest of a message behind a state that has taken so many bytes, a whole number of blocks, already. */
function finish(start: Int32Array, message: Uint8Array, bytesBefore: number): Uint8Array {
  const state = start.slice()
  const { length } = message
  let at = 0
  for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) compress(state, message, at)
  const left = length - at
  const tail = new Uint8Array(left < BLOCK_BYTES - 8 ? BLOCK_BYTES : 2 * BLOCK_BYTES)
  tail.set(message.subarray(at))
  tail[left] = 0x80
  const total = length + bytesBefore
  const end = viewOf(tail, tail.length - 8)
  end.setInt32(0, total / 2 ** 29)
  end.setInt32(4, total << 3)
  for (let block = 0; block < tail.length; block += BLOCK_BYTES) compress(state, tail, block)
  const digest = new Uint8Array(32)
  const words = viewOf(digest)
  state.forEach((word, at) => words.setInt32(4 * at, word))
  return digest
}

function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  const block = viewOf(bytes, at)
  for (let i = 0; i < 16; i++) W[i] = block.getInt32(4 * i)
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15] as number
    const y = W[i - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    W[i] = ((W[i - 16] as number) + s0 + (W[i - 7] as number) + s1) | 0
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as State
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (W[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state.set([a, b, c, d, e, f, g, h].map((word, at) => word + (state[at] as number)))
}

type State = readonly [number, number, number, number, number, number, number, number]

/** What the bytes from a place on are, as numbers of 32 bits, high byte first. */
function viewOf({ buffer, byteOffset }: Uint8Array, at = 0): DataView {
  return new DataView(buffer, byteOffset + at)
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let number = 2; primes.length < count; number++)
    if (primes.every((prime) => number % prime > 0)) primes.push(number)
  return primes
}

function fraction(root: number): number {
  return (root % 1) * 2 ** 32
}
