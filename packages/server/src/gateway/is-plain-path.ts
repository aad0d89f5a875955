const PATH_MAX_CHARS = 1024
/** What may stand in a segment; no `;`, after which some backends cut a segment off. */
const SEGMENT = /^(?:[\w.~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*$/
/**
 * What nobody has to encode (letters, digits, `-._~`), and what must not hide: control characters, `%`, `/`, `;`, `\`.
 * A backend that decodes would see another path than the routes did.
 */
const HIDDEN = /%(?:[01][0-9a-f]|2[5def]|3[0-9b]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef])/i

/**
 * Whether a path means the same to everybody who reads it, so that it can be forwarded as it is. Nothing is mended:
 * `.` and `..`, `//`, encoded slashes, NUL and their like make it none.
 */
export function isPlainPath(path: string): boolean {
  if (path.length > PATH_MAX_CHARS || !path.startsWith('/') || HIDDEN.test(path)) return false
  const segments = path.slice(1).split('/')
  const isSound = segments.every(
    (segment, index) =>
      SEGMENT.test(segment) &&
      segment !== '.' &&
      segment !== '..' &&
      // A slash at the end leaves an empty segment, and the root is one.
      (segment !== '' || index === segments.length - 1),
  )
  return isSound && isUtf8(path)
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
