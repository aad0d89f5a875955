import { concatBytes, equalBytes } from '@drawbridge/protocol'
import type { Aead } from '@drawbridge/protocol'
import { smallPoly1305 } from './small-poly1305.ts'

/**
 * ChaCha20-Poly1305 (RFC 8439) in little code, and for engines that only interpret: a third of the bytes of the library
 * that the protocol has for it, and less time without JIT. Adds, rotations and products alone: nothing in it looks
 * anything up by a secret or branches on one.
 */
export const smallChacha20Poly1305: Aead = {
  seal(key, nonce, plaintext, aad) {
    const stream = createStream(key, nonce)
    const text = stream.mix(plaintext)
    return concatBytes(text, tagOf(stream, aad, text))
  },
  open(key, nonce, sealed, aad) {
    const end = sealed.length - TAG_BYTES
    if (end < 0) return undefined
    const stream = createStream(key, nonce)
    const text = sealed.subarray(0, end)
    return equalBytes(tagOf(stream, aad, text), sealed.subarray(end)) ? stream.mix(text) : undefined
  },
}

const TAG_BYTES = 16
/** "expand 32-byte k" */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]

interface Stream {
  /** One block of the key stream; the next one takes its place. */
  block(counter: number): Uint8Array
  /** A text with the key stream mixed in, from block 1 on: block 0 is no one's text. */
  mix(text: Uint8Array): Uint8Array
}

function createStream(key: Uint8Array, nonce: Uint8Array): Stream {
  const state = new Int32Array(16)
  state.set(SIGMA)
  // Phones and computers of today keep the low byte of a word first, as the cipher wants it.
  const initial = new Uint8Array(state.buffer)
  initial.set(key, 16)
  initial.set(nonce, 52)
  const words = new Int32Array(16)
  const bytes = new Uint8Array(words.buffer)
  const block = (counter: number): Uint8Array => {
    state[12] = counter
    fillBlock(state, words)
    return bytes
  }
  return {
    block,
    mix(text) {
      const mixed = new Uint8Array(text)
      for (let at = 0; at < mixed.length; at += 64) {
        block(at / 64 + 1)
        const end = Math.min(64, mixed.length - at)
        for (let i = 0; i < end; i++) mixed[at + i] = (mixed[at + i] as number) ^ (bytes[i] as number)
      }
      return mixed
    },
  }
}

// prettier-ignore
function fillBlock(s: Int32Array, out: Int32Array): void {
  let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = s as unknown as Sixteen
  let t = 0
  for (let round = 0; round < 20; round++) {
    a = a + e | 0; m ^= a; m = m << 16 | m >>> 16; i = i + m | 0; e ^= i; e = e << 12 | e >>> 20; a = a + e | 0; m ^= a; m = m << 8 | m >>> 24; i = i + m | 0; e ^= i; e = e << 7 | e >>> 25
    b = b + f | 0; n ^= b; n = n << 16 | n >>> 16; j = j + n | 0; f ^= j; f = f << 12 | f >>> 20; b = b + f | 0; n ^= b; n = n << 8 | n >>> 24; j = j + n | 0; f ^= j; f = f << 7 | f >>> 25
    c = c + g | 0; o ^= c; o = o << 16 | o >>> 16; k = k + o | 0; g ^= k; g = g << 12 | g >>> 20; c = c + g | 0; o ^= c; o = o << 8 | o >>> 24; k = k + o | 0; g ^= k; g = g << 7 | g >>> 25
    d = d + h | 0; p ^= d; p = p << 16 | p >>> 16; l = l + p | 0; h ^= l; h = h << 12 | h >>> 20; d = d + h | 0; p ^= d; p = p << 8 | p >>> 24; l = l + p | 0; h ^= l; h = h << 7 | h >>> 25
    // Diagonals come under columns, and by the next turn's other way around back into their rows.
    t = i; i = k; k = t; t = j; j = l; l = t
    if (round & 1) { t = h; h = g; g = f; f = e; e = t; t = m; m = n; n = o; o = p; p = t }
    else { t = e; e = f; f = g; g = h; h = t; t = p; p = o; o = n; n = m; m = t }
  }
  out.set([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
  for (let at = 0; at < 16; at++) out[at] = (out[at] as number) + (s[at] as number)
}

type Sixteen = readonly [
  ...[number, number, number, number, number, number, number, number],
  ...[number, number, number, number, number, number, number, number],
]

/** Poly1305 under the stream's first block, over both texts and their lengths. */
function tagOf(stream: Stream, aad: Uint8Array, text: Uint8Array): Uint8Array {
  const lengths = new Uint8Array(16)
  const view = new DataView(lengths.buffer)
  view.setUint32(0, aad.length, true)
  view.setUint32(8, text.length, true)
  return smallPoly1305(stream.block(0), concatBytes(aad, padOf(aad), text, padOf(text), lengths))
}

function padOf({ length }: Uint8Array): Uint8Array {
  return new Uint8Array(-length & 15)
}
