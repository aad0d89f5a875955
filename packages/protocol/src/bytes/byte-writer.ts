import { utf8Encode } from './utf8.ts'

/** Writes big-endian fields one after the other. */
export interface ByteWriter {
  u8(value: number): void
  u16(value: number): void
  u32(value: number): void
  /** A whole number up to 2^53 - 1 in eight bytes. */
  u64(value: number): void
  raw(bytes: Uint8Array): void
  /** Bytes, or a text's UTF-8, behind their length in 8 bits. */
  lp8(value: Uint8Array | string): void
  /** Bytes, or a text's UTF-8, behind their length in 16 bits. */
  lp16(value: Uint8Array | string): void
  /** What was written, in an array of its own; `undefined` when some value did not fit its field. */
  end(): Uint8Array | undefined
}

/** Most headers are smaller. */
const FIRST_BYTES = 256

/** A writer with room for so many bytes; one byte more, or a number that does not fit, and `end()` is `undefined`. */
export function createByteWriter(maxBytes: number): ByteWriter {
  let bytes = new Uint8Array(Math.min(maxBytes, FIRST_BYTES))
  let at = 0
  let fits = true

  function hasRoom(count: number): boolean {
    const end = at + count
    if (end > maxBytes) return false
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes, 2 * end))
      larger.set(bytes)
      bytes = larger
    }
    return true
  }
  function number(value: number, width: number): void {
    const field = new Uint8Array(width)
    let left = value
    for (let place = width - 1; place >= 0; place--) {
      field[place] = left
      left = Math.floor(left / 256)
    }
    fits &&= left === 0 && Number.isSafeInteger(value)
    raw(field)
  }
  function raw(value: Uint8Array): void {
    if (!hasRoom(value.length)) {
      fits = false
      return
    }
    bytes.set(value, at)
    at += value.length
  }
  function prefixed(value: Uint8Array | string, width: number): void {
    const encoded = typeof value === 'string' ? utf8Encode(value) : value
    number(encoded.length, width)
    raw(encoded)
  }

  return {
    u8: (value) => number(value, 1),
    u16: (value) => number(value, 2),
    u32: (value) => number(value, 4),
    u64: (value) => number(value, 8),
    raw,
    lp8: (value) => prefixed(value, 1),
    lp16: (value) => prefixed(value, 2),
    end: () => (fits ? bytes.slice(0, at) : undefined),
  }
}
