import { plainTextCodec } from '../bytes/text-codec.ts'
import type { TextCodec } from '../bytes/text-codec.ts'
import { isWellFormed } from '../bytes/utf8.ts'
import { headEnd } from './envelope.ts'
import type { Envelope, JsonEnvelope } from './envelope.ts'
import { isBodyChunked, isBodyEncrypted } from './header.ts'
import { BODY_MAX_BYTES, HEADER_MAX_BYTES, STREAM_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'

/** How large a body may be. */
export interface BodyLimits {
  /** A body in one piece; `BODY_MAX_BYTES` unless said. */
  readonly bodyMaxBytes?: number
  /** A body in chunks, in all; `STREAM_MAX_BYTES` unless said. */
  readonly streamMaxBytes?: number
}

/** What came from outside, in its parts: bytes are the binary form, anything else has to be the JSON form. */
export function fromWire(wire: unknown, limits: BodyLimits = {}, text = plainTextCodec): Envelope | undefined {
  return wire instanceof Uint8Array ? fromBinary(wire, limits) : fromJson(wire, limits, text)
}

function fromBinary(bytes: Uint8Array, limits: BodyLimits): Envelope | undefined {
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

function fromJson(value: unknown, limits: BodyLimits, text: TextCodec): Envelope | undefined {
  const { bodyMaxBytes = BODY_MAX_BYTES } = limits
  const form = jsonForm(value)
  if (!form || form.h.length > BASE64_RATIO * HEADER_MAX_BYTES) return undefined
  if (form.c.length > BASE64_RATIO * (bodyMaxBytes + TAG_BYTES) || (form.p?.length ?? 0) > bodyMaxBytes)
    return undefined
  const headerBytes = text.base64urlDecode(form.h)
  if (!headerBytes || isBodyChunked(headerBytes) || isBodyEncrypted(headerBytes) !== (form.p === undefined))
    return undefined
  const sealed = text.base64urlDecode(form.c)
  if (!sealed || sealed.length < TAG_BYTES || sealed.length > bodyMaxBytes + TAG_BYTES) return undefined
  if (form.p === undefined) return { headerBytes, sealed, clear: undefined }
  if (sealed.length !== TAG_BYTES || !isWellFormed(form.p)) return undefined
  const clear = text.utf8Encode(form.p)
  return clear.length > bodyMaxBytes ? undefined : { headerBytes, sealed, clear }
}

/** Characters a byte, rounded up. */
const BASE64_RATIO = 1.5
const FIELDS = /^[hpc]$|^usn$/

function jsonForm(value: unknown): JsonEnvelope | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { usn, h, c, p } = value as Readonly<Record<string, unknown>>
  if (usn !== 1 || typeof h !== 'string' || typeof c !== 'string') return undefined
  if (!Object.keys(value).every((field) => FIELDS.test(field))) return undefined
  if (p === undefined) return { usn, h, c }
  return typeof p === 'string' ? { usn, h, c, p } : undefined
}
