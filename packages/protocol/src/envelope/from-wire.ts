import { plainTextCodec } from '../bytes/text-codec.ts'
import type { TextCodec } from '../bytes/text-codec.ts'
import { isWellFormed } from '../bytes/utf8.ts'
import type { Envelope, JsonEnvelope } from './envelope.ts'
import { fromBinary } from './from-binary.ts'
import type { BodyLimits } from './from-binary.ts'
import { isBodyChunked, isBodyEncrypted } from './header.ts'
import { BODY_MAX_BYTES, HEADER_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'

/** What came from outside, in its parts: bytes are the binary form, anything else has to be the JSON form. */
export function fromWire(wire: unknown, limits: BodyLimits = {}, text = plainTextCodec): Envelope | undefined {
  return wire instanceof Uint8Array ? fromBinary(wire, limits) : fromJson(wire, limits, text)
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
