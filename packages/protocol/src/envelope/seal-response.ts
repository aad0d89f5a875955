import type { Extension } from './extension.ts'
import { createChunkSealer } from './chunk-sealer.ts'
import type { ChunkSealer, ChunkSizes } from './chunk-sealer.ts'
import { encodeResponseHeader, isBodyEncrypted } from './header.ts'
import type { ResponseHeader } from './header.ts'
import type { KeySchedule } from './key-schedule.ts'
import { sealBody } from './seal-body.ts'
import type { SentRequest } from './seal-request.ts'
import type { PieceKey } from './sealed-piece.ts'
import { headOf } from './envelope.ts'
import type { Envelope } from './envelope.ts'

/** What the server says of a response; everything else is its request's. */
export interface ResponseFields {
  /** The server's clock, in ms. */
  readonly ts: number
  /** The server's own 16 random bytes, new for every response: two servers that answer one request use two keys. */
  readonly rnonce: Uint8Array
  /** 0 unless said; anything else says that the body is an error (`sealedErrorBody`). */
  readonly status?: number
  /** Types from 128 on. */
  readonly extensions?: readonly Extension[]
  /** Hide the body's length; for responses that are encrypted. */
  readonly padded?: boolean
}

/**
 * Seals the response of a request that was opened with the same schedule (an `OpenedRequest`, or the header and tag of
 * a stream).
 * @returns `undefined` when it cannot be sealed: the body is too large, or a field does not fit
 */
export function sealResponse(
  schedule: KeySchedule,
  request: SentRequest,
  fields: ResponseFields,
  body: Uint8Array,
  bodyMaxBytes?: number,
): Envelope | undefined {
  const header = responseHeader(request, fields, false)
  const piece = responsePiece(schedule, header)
  return piece && sealBody(piece, header, body, bodyMaxBytes)
}

/** Seals a response in chunks: `head` is sent first, then what `sealer` gives. `undefined` when a field does not fit. */
export function sealResponseStream(
  schedule: KeySchedule,
  request: SentRequest,
  fields: Omit<ResponseFields, 'padded'>,
  sizes?: ChunkSizes,
): { readonly head: Uint8Array; readonly sealer: ChunkSealer } | undefined {
  const piece = responsePiece(schedule, responseHeader(request, fields, true))
  return piece && { head: headOf(piece.headerBytes), sealer: createChunkSealer(piece, sizes) }
}

function responseHeader({ header, tag }: SentRequest, fields: ResponseFields, chunked: boolean): ResponseHeader {
  const { ts, rnonce, status = 0, extensions = [], padded = false } = fields
  const { suite, secretType, keyKind, keyId, rid, seq } = header
  const start = { suite, secretType, chunked, padded, keyKind, keyId, ts, rid, seq }
  return { ...start, requestTag: tag, rnonce, status, extensions }
}

function responsePiece(schedule: KeySchedule, header: ResponseHeader): PieceKey | undefined {
  const headerBytes = encodeResponseHeader(header)
  if (!headerBytes || schedule.context.suite !== header.suite) return undefined
  const key = schedule.responseKey(header.rid, header.rnonce)
  return { aead: schedule.aead, key, headerBytes, encrypted: isBodyEncrypted(headerBytes) }
}
