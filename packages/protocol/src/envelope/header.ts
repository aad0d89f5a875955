import { createByteReader } from '../bytes/byte-reader.ts'
import type { ByteReader } from '../bytes/byte-reader.ts'
import { createByteWriter } from '../bytes/byte-writer.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'
import { encodeExtensions, extensionTypes, parseExtensions } from './extension.ts'
import type { Extension } from './extension.ts'
import { HEADER_MAX_BYTES } from './max-bytes.ts'
import { modeOf, secretTypes } from './secret-type.ts'
import type { SecretType } from './secret-type.ts'
import { suiteOf } from './suite-table.ts'
import type { SuiteNumber } from './suite-table.ts'

/** Where a key comes from: `mp` from the platform's key of one user (1 on the wire), `session` from a handshake (2). */
export type KeyKind = 'mp' | 'session'

/** What the headers of both directions begin with. */
export interface HeaderStart {
  readonly suite: SuiteNumber
  readonly secretType: SecretType
  /** The body travels in chunks. */
  readonly chunked: boolean
  /** The body's length is hidden by padding; only for one that is encrypted and in one piece. */
  readonly padded: boolean
  readonly keyKind: KeyKind
  /** The key's version in 4 bytes (`mp`), or the session's id in 16. */
  readonly keyId: Uint8Array
  /** The sender's clock, in ms. */
  readonly ts: number
  /** The request's id, 16 bytes; the response repeats it. */
  readonly rid: Uint8Array
  /** The session's counter; 0 where there is none. */
  readonly seq: number
}

/** The header of a request. */
export interface RequestHeader extends HeaderStart {
  readonly appId: string
  /** `wxAppId:openid` in a mini program, the client's id in an app. */
  readonly subject: string
  readonly device: string
  /** `f:name`, `o:object/method`, `h:METHOD /path` or `db:`. */
  readonly target: string
  readonly extensions: readonly Extension[]
}

/** The header of a response. */
export interface ResponseHeader extends HeaderStart {
  /** The tag of the request that this answers. */
  readonly requestTag: Uint8Array
  /** The server's own 16 random bytes. */
  readonly rnonce: Uint8Array
  /** 0 for a result; anything else says that the body is an error. */
  readonly status: number
  readonly extensions: readonly Extension[]
}

/** The bytes of a request's header; `undefined` when a field is too long for its place or for the whole. */
export function encodeRequestHeader(header: RequestHeader): Uint8Array | undefined {
  const extensions = encodeExtensions(header.extensions, HEADER_MAX_BYTES)
  if (!extensions) return undefined
  const writer = startHeader(header, REQUEST)
  writer.lp8(header.appId)
  writer.lp8(header.subject)
  writer.lp8(header.device)
  writer.lp16(header.target)
  writer.lp16(extensions)
  return writer.end()
}

/** The bytes of a response's header; `undefined` when a field does not fit. */
export function encodeResponseHeader(header: ResponseHeader): Uint8Array | undefined {
  const extensions = encodeExtensions(header.extensions, HEADER_MAX_BYTES)
  if (!extensions || header.requestTag.length !== 16 || header.rnonce.length !== 16) return undefined
  const writer = startHeader(header, RESPONSE)
  writer.raw(header.requestTag)
  writer.raw(header.rnonce)
  writer.u16(header.status)
  writer.lp16(extensions)
  return writer.end()
}

/** Reads a request's header; `undefined` for anything that is not exactly one. */
export function parseRequestHeader(bytes: Uint8Array): RequestHeader | undefined {
  if (bytes.length > HEADER_MAX_BYTES) return undefined
  const reader = createByteReader(bytes)
  const start = parseStart(reader, REQUEST)
  if (!start) return undefined
  const [appId, subject, device, target] = [reader.text8(), reader.text8(), reader.text8(), reader.text16()]
  const extensions = parseExtensions(reader.lp16(), REQUEST_EXTENSIONS)
  if (!reader.isWhole() || !extensions) return undefined
  return { ...start, appId, subject, device, target, extensions }
}

/** Reads a response's header; `undefined` for anything that is not exactly one. */
export function parseResponseHeader(bytes: Uint8Array): ResponseHeader | undefined {
  if (bytes.length > HEADER_MAX_BYTES) return undefined
  const reader = createByteReader(bytes)
  const start = parseStart(reader, RESPONSE)
  if (!start) return undefined
  const [requestTag, rnonce, status] = [reader.raw(16), reader.raw(16), reader.u16()]
  const extensions = parseExtensions(reader.lp16(), RESPONSE_EXTENSIONS)
  if (!reader.isWhole() || !extensions) return undefined
  return { ...start, requestTag, rnonce, status, extensions }
}

/** Whether the body in the header's own direction is encrypted; of bytes that may not be a header at all. */
export function isBodyEncrypted(header: Uint8Array): boolean {
  return ((header[MODE_AT] ?? 0) & (header[DIRECTION_AT] ?? 0) & 3) !== 0
}

/** Whether the body comes in chunks; of bytes that may not be a header at all. */
export function isBodyChunked(header: Uint8Array): boolean {
  return ((header[FLAGS_AT] ?? 0) & CHUNKED) !== 0
}

const MAGIC = 0x55534e31 // "USN1"
const DIRECTION_AT = 4
const MODE_AT = 6
const FLAGS_AT = 7
const REQUEST = 1
const RESPONSE = 2
const CHUNKED = 1
const PADDED = 2
const REQUEST_EXTENSIONS: readonly number[] = Object.values(extensionTypes)
const RESPONSE_EXTENSIONS: readonly number[] = []
/** By the byte on the wire: which kind of key, and how long its id is. */
const keyKinds: readonly (readonly [kind: KeyKind, idBytes: number])[] = [
  ['mp', 4],
  ['session', 16],
]

function startHeader(header: HeaderStart, direction: number): ByteWriter {
  const writer = createByteWriter(HEADER_MAX_BYTES)
  const kind = keyKinds.findIndex(([name, idBytes]) => name === header.keyKind && idBytes === header.keyId.length)
  writer.u32(MAGIC)
  writer.u8(direction)
  writer.u8(header.suite)
  writer.u8(modeOf(header.secretType))
  writer.u8((header.chunked ? CHUNKED : 0) | (header.padded ? PADDED : 0))
  writer.u8(kind < 0 || header.rid.length !== 16 ? NaN : kind + 1)
  writer.lp8(header.keyId)
  writer.u64(header.ts)
  writer.raw(header.rid)
  writer.u64(header.seq)
  return writer
}

function parseStart(reader: ByteReader, direction: number): HeaderStart | undefined {
  if (reader.u32() !== MAGIC || reader.u8() !== direction) return undefined
  const suite = suiteOf(reader.u8())?.number
  const mode = reader.u8()
  const secretType = secretTypes[mode]
  const flags = reader.u8()
  const kind = keyKinds[reader.u8() - 1]
  const keyId = reader.lp8()
  if (!suite || !secretType || !kind || keyId.length !== kind[1] || !areFlagsAllowed(flags, mode & direction))
    return undefined
  return {
    suite,
    secretType,
    chunked: (flags & CHUNKED) !== 0,
    padded: (flags & PADDED) !== 0,
    keyKind: kind[0],
    keyId,
    ts: reader.u64(),
    rid: reader.raw(16),
    seq: reader.u64(),
  }
}

/** Padding hides nothing of what is clear, and chunks show their number, so only an encrypted single piece is padded. */
function areFlagsAllowed(flags: number, encrypted: number): boolean {
  return flags === 0 || flags === CHUNKED || (flags === PADDED && encrypted !== 0)
}
