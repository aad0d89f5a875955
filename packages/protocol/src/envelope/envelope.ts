import { concatBytes } from '../bytes/concat-bytes.ts'
import { plainTextCodec } from '../bytes/text-codec.ts'
import { isBodyChunked } from './header.ts'

/** The content type of the binary form. */
export const ENVELOPE_CONTENT_TYPE = 'application/vnd.usn1'

/** A sealed message in its parts, whichever form it travels in. */
export interface Envelope {
  readonly headerBytes: Uint8Array
  /** Ciphertext ‖ tag; the tag alone where the body is clear; every chunk with its tag where it is chunked. */
  readonly sealed: Uint8Array
  /** The body, where it is authenticated and not encrypted. */
  readonly clear: Uint8Array | undefined
}

/** The JSON form: base64url without padding, and the clear body as text. */
export interface JsonEnvelope {
  readonly usn: 1
  readonly h: string
  readonly c: string
  readonly p?: string
}

/** The binary form: header length in 16 bits ‖ header ‖ body, a clear body before its tag. */
export function toBinary(envelope: Envelope): Uint8Array {
  return concatBytes(...binaryParts(envelope))
}

/** The binary form in its parts, for a host that can send them one after the other: what is large is not copied. */
export function binaryParts({ headerBytes, sealed, clear }: Envelope): readonly Uint8Array[] {
  return clear ? [headOf(headerBytes), clear, sealed] : [headOf(headerBytes), sealed]
}

/** The JSON form; `undefined` for a clear body that is no UTF-8 text, and for a chunked one. */
export function toJson({ headerBytes, sealed, clear }: Envelope, text = plainTextCodec): JsonEnvelope | undefined {
  if (isBodyChunked(headerBytes)) return undefined
  const form = { usn: 1, h: text.base64urlEncode(headerBytes), c: text.base64urlEncode(sealed) } as const
  if (!clear) return form
  const p = text.utf8Decode(clear)
  return p === undefined ? undefined : { ...form, p }
}

/** The first bytes of the binary form, up to the header's end. */
export function headOf(headerBytes: Uint8Array): Uint8Array {
  return concatBytes(headLength(headerBytes), headerBytes)
}

/**
 * Where the header of a binary form ends, once its first two bytes are there; `undefined` before.
 * A stream waits for so many bytes and then reads its head.
 */
export function headEnd(bytes: Uint8Array): number | undefined {
  return bytes.length < 2 ? undefined : 2 + (((bytes[0] as number) << 8) | (bytes[1] as number))
}

function headLength({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff)
}
