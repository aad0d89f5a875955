import { DrawbridgeError } from '@drawbridge/protocol'
import { releaseBytes } from '@drawbridge/protocol/node'

const SIZES_BYTES = 8

/** Taken before any of a project's code runs, which may put others in their place. */
const { parse, stringify } = JSON

/** One frame: a small head as JSON, and a payload that whoever passes it on need not read. */
export interface Frame {
  readonly head: unknown
  readonly payload: Buffer
}

/** Bytes of a frame: u32 length of all that follows, u32 length of the head, the head as JSON, the payload. Big endian. */
export function encodeFrame(head: object, payload: string | Uint8Array = ''): Buffer {
  const text = stringify(head)
  const headBytes = Buffer.byteLength(text)
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const frame = Buffer.allocUnsafe(SIZES_BYTES + headBytes + payloadBytes)
  frame.writeUInt32BE(4 + headBytes + payloadBytes, 0)
  frame.writeUInt32BE(headBytes, 4)
  frame.write(text, SIZES_BYTES)
  if (typeof payload === 'string') frame.write(payload, SIZES_BYTES + headBytes)
  else frame.set(payload, SIZES_BYTES + headBytes)
  return frame
}

/**
 * Cuts a stream of bytes into frames. Throws `FUNCTION_FRAME_INVALID` for a frame that is longer than `maxBytes`, or
 * whose head is longer than `headMaxBytes` or no JSON; nothing that follows can be read then. A frame too long is
 * refused by its length alone. A payload is there for the
 * time of the call alone: keep a copy.
 */
export function createFrameReader(
  maxBytes: number,
  onFrame: (frame: Frame) => void,
  headMaxBytes: number = maxBytes,
): (chunk: Buffer) => void {
  // What has come of a frame that is not complete. One buffer of the frame's own size: chunks of a byte cost no more.
  let waiting: Buffer = Buffer.allocUnsafe(SIZES_BYTES)
  let waitingBytes = 0
  return (chunk) => {
    let rest = chunk
    while (rest.length > 0) {
      if (waitingBytes === 0 && rest.length >= SIZES_BYTES) {
        const end = frameEnd(rest)
        if (rest.length >= end) {
          onFrame(decode(rest, end))
          rest = rest.subarray(end)
          continue
        }
      }
      const taken = rest.copy(waiting, waitingBytes)
      waitingBytes += taken
      rest = rest.subarray(taken)
      if (waitingBytes < waiting.length) return
      const end = frameEnd(waiting)
      if (end > waitingBytes) {
        const whole = Buffer.allocUnsafe(end)
        waiting.copy(whole)
        waiting = whole
      } else {
        const complete = waiting
        waiting = Buffer.allocUnsafe(SIZES_BYTES)
        waitingBytes = 0
        onFrame(decode(complete, end))
        releaseBytes(complete)
      }
    }
  }

  /** Where the frame that begins at 0 ends. */
  function frameEnd(bytes: Buffer): number {
    const length = bytes.readUInt32BE(0)
    const headBytes = bytes.readUInt32BE(4)
    if (length > maxBytes || headBytes > length - 4 || headBytes > headMaxBytes)
      throw new DrawbridgeError('FUNCTION_FRAME_INVALID', { length, headBytes })
    return 4 + length
  }
}

function decode(bytes: Buffer, end: number): Frame {
  const payloadAt = SIZES_BYTES + bytes.readUInt32BE(4)
  try {
    const head: unknown = parse(bytes.toString('utf8', SIZES_BYTES, payloadAt))
    return { head, payload: bytes.subarray(payloadAt, end) }
  } catch (cause) {
    throw new DrawbridgeError('FUNCTION_FRAME_INVALID', {}, { cause })
  }
}
