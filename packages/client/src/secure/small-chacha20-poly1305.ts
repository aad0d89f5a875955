import { concatBytes, equalBytes } from '@drawbridge/protocol'
import type { Aead } from '@drawbridge/protocol'
import { littleWord, smallPoly1305 } from './small-poly1305.ts'

/**
 * ChaCha20-Poly1305 (RFC 8439) in little code, and for engines that only interpret: a third of the bytes of the library
 * that the protocol has for it, and less time without JIT. Adds, rotations and products alone: nothing in it looks
 * anything up by a secret or branches on one.
 */
export const smallChacha20Poly1305: Aead = {
  seal(key, nonce, plaintext, aad) {
    const stream = createStream(key, nonce)
    const sealed = new Uint8Array(plaintext.length + TAG_BYTES)
    stream(plaintext, sealed)
    const text = sealed.subarray(0, plaintext.length)
    sealed.set(tagOf(stream, aad, text), plaintext.length)
    return sealed
  },
  open(key, nonce, sealed, aad) {
    const end = sealed.length - TAG_BYTES
    if (end < 0) return undefined
    const stream = createStream(key, nonce)
    const text = sealed.subarray(0, end)
    if (!equalBytes(tagOf(stream, aad, text), sealed.subarray(end))) return undefined
    const plaintext = new Uint8Array(end)
    stream(text, plaintext)
    return plaintext
  },
}

const TAG_BYTES = 16
/** "expand 32-byte k" */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]

/** Mixes the key stream into `from`; without `from` gives its first block, which is no one's text. */
type Stream = (from?: Uint8Array, to?: Uint8Array) => Uint8Array

function createStream(key: Uint8Array, nonce: Uint8Array): Stream {
  const state = Int32Array.from(SIGMA.concat(words(key), 0, words(nonce)))
  const block = new Int32Array(16)
  // Phones and computers of today keep the low byte of a word first, as the cipher wants it.
  const bytes = new Uint8Array(block.buffer)
  return (from, to) => {
    if (!from || !to) {
      state[12] = 0
      fillBlock(state, block)
      return bytes
    }
    for (let at = 0; at < from.length; at += 64) {
      state[12] = at / 64 + 1
      fillBlock(state, block)
      const end = Math.min(64, from.length - at)
      for (let i = 0; i < end; i++) to[at + i] = (from[at + i] as number) ^ (bytes[i] as number)
    }
    return to
  }
}

function words(bytes: Uint8Array): number[] {
  const all: number[] = []
  for (let at = 0; at < bytes.length; at += 4) all.push(littleWord(bytes, at))
  return all
}

// prettier-ignore
function fillBlock(s: Int32Array, out: Int32Array): void {
  let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = s as unknown as Sixteen
  for (let round = 0; round < 10; round++) {
    a = a + e | 0; m ^= a; m = m << 16 | m >>> 16; i = i + m | 0; e ^= i; e = e << 12 | e >>> 20; a = a + e | 0; m ^= a; m = m << 8 | m >>> 24; i = i + m | 0; e ^= i; e = e << 7 | e >>> 25
    b = b + f | 0; n ^= b; n = n << 16 | n >>> 16; j = j + n | 0; f ^= j; f = f << 12 | f >>> 20; b = b + f | 0; n ^= b; n = n << 8 | n >>> 24; j = j + n | 0; f ^= j; f = f << 7 | f >>> 25
    c = c + g | 0; o ^= c; o = o << 16 | o >>> 16; k = k + o | 0; g ^= k; g = g << 12 | g >>> 20; c = c + g | 0; o ^= c; o = o << 8 | o >>> 24; k = k + o | 0; g ^= k; g = g << 7 | g >>> 25
    d = d + h | 0; p ^= d; p = p << 16 | p >>> 16; l = l + p | 0; h ^= l; h = h << 12 | h >>> 20; d = d + h | 0; p ^= d; p = p << 8 | p >>> 24; l = l + p | 0; h ^= l; h = h << 7 | h >>> 25
    a = a + f | 0; p ^= a; p = p << 16 | p >>> 16; k = k + p | 0; f ^= k; f = f << 12 | f >>> 20; a = a + f | 0; p ^= a; p = p << 8 | p >>> 24; k = k + p | 0; f ^= k; f = f << 7 | f >>> 25
    b = b + g | 0; m ^= b; m = m << 16 | m >>> 16; l = l + m | 0; g ^= l; g = g << 12 | g >>> 20; b = b + g | 0; m ^= b; m = m << 8 | m >>> 24; l = l + m | 0; g ^= l; g = g << 7 | g >>> 25
    c = c + h | 0; n ^= c; n = n << 16 | n >>> 16; i = i + n | 0; h ^= i; h = h << 12 | h >>> 20; c = c + h | 0; n ^= c; n = n << 8 | n >>> 24; i = i + n | 0; h ^= i; h = h << 7 | h >>> 25
    d = d + e | 0; o ^= d; o = o << 16 | o >>> 16; j = j + o | 0; e ^= j; e = e << 12 | e >>> 20; d = d + e | 0; o ^= d; o = o << 8 | o >>> 24; j = j + o | 0; e ^= j; e = e << 7 | e >>> 25
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
  return smallPoly1305(stream(), concatBytes(aad, padOf(aad), text, padOf(text), lengths))
}

function padOf({ length }: Uint8Array): Uint8Array {
  return new Uint8Array(-length & 15)
}
