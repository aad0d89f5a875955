/**
 * The bytes of a text. A lone half of a surrogate pair becomes U+FFFD, as `TextEncoder` does it; engines without
 * `TextEncoder` are why this exists.
 */
export function utf8Encode(text: string): Uint8Array {
  const { length } = text
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) return encodeFrom(text, at, bytes)
    bytes[at] = unit
  }
  return bytes
}

/** The text of the bytes; `undefined` when they are not UTF-8 (overlong forms, surrogates and cut sequences included). */
export function utf8Decode(bytes: Uint8Array): string | undefined {
  const { length } = bytes
  let text = ''
  let units: number[] = []
  for (let at = 0; at < length;) {
    const first = bytes[at++] as number
    if (first < 0x80) units.push(first)
    else {
      const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0
      if (more === 0 || at + more > length) return undefined
      let point = first & (0x3f >> more)
      for (const end = at + more; at < end; at++) {
        const next = bytes[at] as number
        if ((next & 0xc0) !== 0x80) return undefined
        point = (point << 6) | (next & 0x3f)
      }
      if (point < (SMALLEST[more] as number) || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return undefined
      if (point < 0x10000) units.push(point)
      else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff))
    }
    if (units.length >= PIECE) {
      text += String.fromCharCode.apply(null, units)
      units = []
    }
  }
  return text + String.fromCharCode.apply(null, units)
}

/** Whether a text has no lone half of a surrogate pair, so that its bytes say exactly the same. */
export function isWellFormed(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0xd800 || unit > 0xdfff) continue
    if (pairAt(text, at) === undefined) return false
    at++
  }
  return true
}

/** The smallest point that needs so many further bytes: what is smaller was written too long. */
const SMALLEST = [0, 0x80, 0x800, 0x10000]
/** Arguments that every engine's `apply` takes. */
const PIECE = 4096

/** Goes on where the first character beyond ASCII stands, with room for the worst case. */
function encodeFrom(text: string, from: number, ascii: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(from + (text.length - from) * 3)
  bytes.set(ascii.subarray(0, from))
  let end = from
  for (let at = from; at < text.length; at++) {
    let point = text.charCodeAt(at)
    if (point < 0x80) {
      bytes[end++] = point
      continue
    }
    if (point >= 0xd800 && point < 0xe000) {
      point = pairAt(text, at) ?? 0xfffd
      if (point > 0xffff) at++
    }
    if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6)
    else {
      if (point < 0x10000) bytes[end++] = 0xe0 | (point >> 12)
      else {
        bytes[end++] = 0xf0 | (point >> 18)
        bytes[end++] = 0x80 | ((point >> 12) & 0x3f)
      }
      bytes[end++] = 0x80 | ((point >> 6) & 0x3f)
    }
    bytes[end++] = 0x80 | (point & 0x3f)
  }
  return bytes.slice(0, end)
}

/** The character whose surrogate pair starts here. */
function pairAt(text: string, at: number): number | undefined {
  const high = text.charCodeAt(at)
  const low = at + 1 < text.length ? text.charCodeAt(at + 1) : 0
  if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) return undefined
  return ((high - 0xd7c0) << 10) | (low & 0x3ff)
}
