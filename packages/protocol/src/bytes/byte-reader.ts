import { utf8Decode } from './utf8.ts'

/**
 * Reads big-endian fields one after the other. What is not there, or not right, reads as zero, empty or '' and is
 * remembered: `isWhole()` says at the end whether every field was right and nothing is left over.
 */
export interface ByteReader {
  u8(): number
  u16(): number
  u32(): number
  /** Eight bytes; numbers from 2^53 on are refused. */
  u64(): number
  raw(length: number): Uint8Array
  lp8(): Uint8Array
  lp16(): Uint8Array
  /** UTF-8 behind its length in 8 bits. */
  text8(): string
  /** UTF-8 behind its length in 16 bits. */
  text16(): string
  hasMore(): boolean
  isWhole(): boolean
}

/** A reader over bytes; the arrays that it gives are views of them. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  let at = 0
  let right = true

  function number(width: number): number {
    let value = 0
    for (const byte of raw(width)) value = value * 256 + byte
    return value
  }
  function u64(): number {
    const value = number(8)
    if (Number.isSafeInteger(value)) return value
    right = false
    return 0
  }
  function raw(length: number): Uint8Array {
    if (at + length > bytes.length) {
      right = false
      at = bytes.length
      return NOTHING
    }
    at += length
    return bytes.subarray(at - length, at)
  }
  function text(encoded: Uint8Array): string {
    const decoded = utf8Decode(encoded)
    if (decoded === undefined) right = false
    return decoded ?? ''
  }

  return {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u64,
    raw,
    lp8: () => raw(number(1)),
    lp16: () => raw(number(2)),
    text8: () => text(raw(number(1))),
    text16: () => text(raw(number(2))),
    hasMore: () => at < bytes.length,
    isWhole: () => right && at === bytes.length,
  }
}

const NOTHING = new Uint8Array(0)
