/**
 * The bytes of a text. A lone half of a surrogate pair becomes U+FFFD, as `TextEncoder` does it; engines without
 * `TextEncoder` are why this exists.
 */
export function utf8Encode(text: string): Uint8Array {
  const { length } = text
  const bytes = new Uint8Array(length * 3)
  let end = 0
  for (let at = 0; at < length; at++) {
    let point = text.charCodeAt(at)
    if (point < 0x80) {
      bytes[end++] = point
      continue
    }
    if (isSurrogate(point)) {
      point = text.codePointAt(at) as number
      if (point > 0xffff) at++
      else point = 0xfffd
    }
    let more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
    bytes[end++] = (256 - (128 >> more)) | (point >> (6 * more))
    while (more-- > 0) bytes[end++] = 0x80 | ((point >> (6 * more)) & 0x3f)
  }
  return bytes.slice(0, end)
}

/** The text of the bytes; `undefined` when they are not UTF-8 (overlong forms, surrogates and cut sequences included). */
export function utf8Decode(bytes: Uint8Array): string | undefined {
  const { length } = bytes
  let text = ''
  let points: number[] = []
  for (let at = 0; at < length;) {
    let point = bytes[at++] as number
    if (point > 0x7f) {
      const size = Math.clz32(~point << 24)
      const smallest = SMALLEST[size]
      point &= 0x7f >> size
      for (let left = size; left > 1; left--) {
        // Behind the end there is nothing, which is no byte that goes on.
        const next = bytes[at++] as number
        if ((next & 0xc0) !== 0x80) return undefined
        point = (point << 6) | (next & 0x3f)
      }
      if (smallest === undefined || point < smallest || point > 0x10ffff || isSurrogate(point)) return undefined
    }
    points.push(point)
    if (points.length >= PIECE) {
      text += String.fromCodePoint.apply(null, points)
      points = []
    }
  }
  return text + String.fromCodePoint.apply(null, points)
}

/** Whether a text has no lone half of a surrogate pair, so that its bytes say exactly the same. */
export function isWellFormed(text: string): boolean {
  // By points: halves that belong together are none.
  return !/[\ud800-\udfff]/u.test(text)
}

/** By how many bytes a point takes: what is smaller was written too long. A single byte that goes on is none. */
const SMALLEST = [undefined, undefined, 0x80, 0x800, 0x10000]
/** Arguments that every engine's `apply` takes. */
const PIECE = 4096

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point < 0xe000
}
