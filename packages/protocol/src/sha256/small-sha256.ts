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
const START = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
)
// prettier-ignore
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
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
  putWord(tail, tail.length - 8, total / 2 ** 29)
  putWord(tail, tail.length - 4, total << 3)
  for (let block = 0; block < tail.length; block += BLOCK_BYTES) compress(state, tail, block)
  const digest = new Uint8Array(32)
  for (let word = 0; word < 8; word++) putWord(digest, 4 * word, state[word] as number)
  return digest
}

function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const from = at + 4 * i
    W[i] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number)
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15] as number
    const y = W[i - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    W[i] = ((W[i - 16] as number) + s0 + (W[i - 7] as number) + s1) | 0
  }
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
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
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
  state[5] = (state[5] as number) + f
  state[6] = (state[6] as number) + g
  state[7] = (state[7] as number) + h
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  for (let place = 0; place < 4; place++) bytes[at + place] = word >>> (24 - 8 * place)
}
