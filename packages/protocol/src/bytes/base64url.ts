/** Base64url without padding (RFC 4648 §5). */
export function base64urlEncode(bytes: Uint8Array): string {
  const { length } = bytes
  let text = ''
  let codes: number[] = []
  for (let at = 0; at < length; at += 3) {
    const left = length - at
    const triple =
      ((bytes[at] as number) << 16) |
      (left > 1 ? (bytes[at + 1] as number) << 8 : 0) |
      (left > 2 ? (bytes[at + 2] as number) : 0)
    codes.push(code(triple >> 18), code((triple >> 12) & 63))
    if (left > 1) codes.push(code((triple >> 6) & 63))
    if (left > 2) codes.push(code(triple & 63))
    if (codes.length >= PIECE) {
      text += String.fromCharCode.apply(null, codes)
      codes = []
    }
  }
  return text + String.fromCharCode.apply(null, codes)
}

/** The bytes; `undefined` for padding, foreign characters, a length that no bytes have, or bits left over at the end. */
export function base64urlDecode(text: string): Uint8Array | undefined {
  const { length } = text
  const tail = length & 3
  if (tail === 1) return undefined
  const bytes = new Uint8Array((length >> 2) * 3 + (tail > 0 ? tail - 1 : 0))
  let bits = 0
  let end = 0
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at)
    const value = unit < 128 ? (VALUES[unit] as number) : NONE
    if (value === NONE) return undefined
    bits = ((bits << 6) | value) & 0xffffff
    const phase = at & 3
    if (phase > 0) bytes[end++] = (bits >> (6 - 2 * phase)) & 0xff
  }
  if (tail > 0 && (bits & (tail === 2 ? 15 : 3)) !== 0) return undefined
  return bytes
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NONE = 255
/** Arguments that every engine's `apply` takes. */
const PIECE = 4096
const CODES = new Uint8Array(64)
const VALUES = new Uint8Array(128).fill(NONE)
for (let value = 0; value < 64; value++) {
  CODES[value] = ALPHABET.charCodeAt(value)
  VALUES[ALPHABET.charCodeAt(value)] = value
}

function code(value: number): number {
  return CODES[value] as number
}
