import { headEnd } from './envelope.ts'
import type { Envelope } from './envelope.ts'
import { isBodyChunked, isBodyEncrypted } from './header.ts'
import { BODY_MAX_BYTES, HEADER_MAX_BYTES, STREAM_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'

/** How large a body may be. */
export interface BodyLimits {
  /** A body in one piece; `BODY_MAX_BYTES` unless said. */
  readonly bodyMaxBytes?: number
  /** A body in chunks, in all; `STREAM_MAX_BYTES` unless said. */
  readonly streamMaxBytes?: number
}

/** The binary form in its parts; `undefined` for what cannot be one within the limits. */
export function fromBinary(bytes: Uint8Array, limits: BodyLimits): Envelope | undefined {
  const end = headEnd(bytes)
  if (end === undefined || end > 2 + HEADER_MAX_BYTES || bytes.length < end + TAG_BYTES) return undefined
  const headerBytes = bytes.subarray(2, end)
  const body = bytes.subarray(end)
  if (isBodyChunked(headerBytes)) {
    // Every chunk brings its tag along: the opener counts the clear bytes, this only keeps the sum in bounds.
    const { streamMaxBytes = STREAM_MAX_BYTES } = limits
    return body.length > streamMaxBytes + (streamMaxBytes >> 10) + 2 * TAG_BYTES
      ? undefined
      : { headerBytes, sealed: body, clear: undefined }
  }
  const clearBytes = body.length - TAG_BYTES
  if (clearBytes > (limits.bodyMaxBytes ?? BODY_MAX_BYTES)) return undefined
  if (isBodyEncrypted(headerBytes)) return { headerBytes, sealed: body, clear: undefined }
  return { headerBytes, sealed: body.subarray(clearBytes), clear: body.subarray(0, clearBytes) }
}
