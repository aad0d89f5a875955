import type { Extension } from './extension.ts'
import { createChunkSealer } from './chunk-sealer.ts'
import type { ChunkSealer, ChunkSizes } from './chunk-sealer.ts'
import { encodeRequestHeader, isBodyEncrypted } from './header.ts'
import type { RequestHeader } from './header.ts'
import type { KeySchedule } from './key-schedule.ts'
import { sealBody } from './seal-body.ts'
import type { PieceKey } from './sealed-piece.ts'
import type { SecretType } from './secret-type.ts'
import type { Envelope } from './envelope.ts'
import { headOf } from './envelope.ts'

/** What the caller says of a request; suite, key, app and subject are the schedule's. */
export interface RequestFields {
  readonly secretType: SecretType
  /** The client's clock corrected by the server's, in ms. */
  readonly ts: number
  /** 16 bytes that were never used with this key: see `KeySchedule.requestId`. */
  readonly rid: Uint8Array
  /** The session's counter; 0 unless said. */
  readonly seq?: number
  readonly device: string
  /** `f:name`, `o:object/method`, `h:METHOD /path` or `db:`. */
  readonly target: string
  readonly extensions?: readonly Extension[]
  /** Hide the body's length; for requests that are encrypted. */
  readonly padded?: boolean
}

/** A request by which its response is known. */
export interface SentRequest {
  readonly header: RequestHeader
  /** The tag of the request's last piece. */
  readonly tag: Uint8Array
}

/** A sealed request: send it as `toBinary` or `toJson` gives it, and keep it until the response is there. */
export type SealedRequest = SentRequest & Envelope

/**
 * Seals a request in one piece.
 * @returns `undefined` when it cannot be sealed: a field or the body is too long (10009 to the caller)
 */
export function sealRequest(
  schedule: KeySchedule,
  fields: RequestFields,
  body: Uint8Array,
  bodyMaxBytes?: number,
): SealedRequest | undefined {
  const header = requestHeader(schedule, fields, false)
  const piece = requestPiece(schedule, header)
  const sealed = piece && sealBody(piece, header, body, bodyMaxBytes)
  return sealed && { ...sealed, header }
}

/**
 * Seals a request in chunks: `head` is sent first, then what `sealer` gives; the tag of its end and `header` make the
 * `SentRequest`. `undefined` when a field is too long.
 */
export function sealRequestStream(
  schedule: KeySchedule,
  fields: Omit<RequestFields, 'padded'>,
  sizes?: ChunkSizes,
): { readonly header: RequestHeader; readonly head: Uint8Array; readonly sealer: ChunkSealer } | undefined {
  const header = requestHeader(schedule, fields, true)
  const piece = requestPiece(schedule, header)
  return piece && { header, head: headOf(piece.headerBytes), sealer: createChunkSealer(piece, sizes) }
}

function requestHeader({ context }: KeySchedule, fields: RequestFields, chunked: boolean): RequestHeader {
  const { secretType, ts, rid, seq = 0, device, target, extensions = [], padded = false } = fields
  const { suite, keyKind, keyId, appId, subject } = context
  const start = { suite, secretType, chunked, padded, keyKind, keyId, ts, rid, seq }
  return Object.assign(start, { appId, subject, device, target, extensions })
}

function requestPiece(schedule: KeySchedule, header: RequestHeader): PieceKey | undefined {
  const headerBytes = encodeRequestHeader(header)
  if (!headerBytes) return undefined
  const key = schedule.requestKey(header.rid, header.ts)
  return { aead: schedule.aead, key, headerBytes, encrypted: isBodyEncrypted(headerBytes) }
}
