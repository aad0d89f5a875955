import { utf8Decode, utf8Encode } from '../bytes/utf8.ts'

/** How a socket ended: a code of RFC 6455 or the server's own, and a reason for people. */
export interface SocketClose {
  readonly code: number
  readonly reason: string
}

/** The body of a frame of kind `close`: the code in 16 bits, the reason as UTF-8. A reason is cut at 123 bytes. */
export function closeBody(code: number, reason: string): Uint8Array {
  const text = utf8Encode(reason)
  let end = Math.min(text.length, REASON_MAX_BYTES)
  // A byte 10xxxxxx goes on with a character: what would be cut within one loses it whole.
  while (end < text.length && ((text[end] as number) & 0xc0) === 0x80) end--
  const body = new Uint8Array(2 + end)
  body[0] = code >>> 8
  body[1] = code
  body.set(text.subarray(0, end), 2)
  return body
}

/** What such a body says; `undefined` when it is cut, its reason is no UTF-8 or longer than 123 bytes. */
export function readCloseBody(body: Uint8Array): SocketClose | undefined {
  const [high, low] = body
  if (high === undefined || low === undefined || body.length > 2 + REASON_MAX_BYTES) return undefined
  const reason = utf8Decode(body.subarray(2))
  return reason === undefined ? undefined : { code: high * 256 + low, reason }
}

/** RFC 6455 §5.5: a control frame holds 125 bytes, two of which are the code. */
const REASON_MAX_BYTES = 123
