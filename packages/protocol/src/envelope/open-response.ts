import { equalBytes } from '../bytes/equal-bytes.ts'
import type { TextCodec } from '../bytes/text-codec.ts'
import { createChunkOpener } from './chunk-opener.ts'
import type { ChunkOpener } from './chunk-opener.ts'
import type { ChunkSizes } from './chunk-sealer.ts'
import { isBodyEncrypted, parseResponseHeader } from './header.ts'
import type { ResponseHeader } from './header.ts'
import type { KeySchedule } from './key-schedule.ts'
import { openBody } from './seal-body.ts'
import type { SentRequest } from './seal-request.ts'
import type { PieceKey } from './sealed-piece.ts'
import { headEnd } from './envelope.ts'
import type { Envelope } from './envelope.ts'
import { fromBinary } from './from-binary.ts'
import type { BodyLimits } from './from-binary.ts'
import { fromWire } from './from-wire.ts'

/** A response that the server sealed for exactly this request. */
export interface OpenedResponse {
  readonly header: ResponseHeader
  readonly body: Uint8Array
}

/**
 * Opens what came back for a request: bytes as the binary form, anything else as the JSON form.
 * @returns `undefined` for everything else than the sealed response of this very request. A client reports that as
 *   RESPONSE_REJECTED (10010) and never gives it on as data, however good it looks
 */
export function openResponse(
  schedule: KeySchedule,
  request: SentRequest,
  wire: unknown,
  limits: BodyLimits & ChunkSizes = {},
  text?: TextCodec,
): OpenedResponse | undefined {
  return openEnvelope(schedule, request, fromWire(wire, limits, text), limits)
}

/** The same for the binary form alone, and without the code of the other: for clients that count their kilobytes. */
export function openBinaryResponse(
  schedule: KeySchedule,
  request: SentRequest,
  wire: Uint8Array,
  limits: BodyLimits & ChunkSizes = {},
): OpenedResponse | undefined {
  return openEnvelope(schedule, request, fromBinary(wire, limits), limits)
}

/**
 * Opens a response in chunks from its head, once `headEnd` says that it is there; what stands behind the head goes into
 * the opener. `undefined` when it is not the head of this request's response.
 */
export function openResponseStream(
  schedule: KeySchedule,
  request: SentRequest,
  head: Uint8Array,
  sizes?: ChunkSizes,
): { readonly header: ResponseHeader; readonly opener: ChunkOpener } | undefined {
  const end = headEnd(head)
  if (end === undefined || head.length < end) return undefined
  const headerBytes = head.slice(2, end)
  const header = parseResponseHeader(headerBytes)
  if (!header?.chunked) return undefined
  const piece = responsePiece(schedule, request, header, headerBytes)
  return piece && { header, opener: createChunkOpener(piece, sizes) }
}

function openEnvelope(
  schedule: KeySchedule,
  request: SentRequest,
  envelope: Envelope | undefined,
  limits: ChunkSizes,
): OpenedResponse | undefined {
  const header = envelope && parseResponseHeader(envelope.headerBytes)
  if (!header) return undefined
  const piece = responsePiece(schedule, request, header, envelope.headerBytes)
  const opened = piece && openBody(piece, header, envelope, limits)
  return opened && { header, body: opened.body }
}

function responsePiece(
  schedule: KeySchedule,
  request: SentRequest,
  header: ResponseHeader,
  headerBytes: Uint8Array,
): PieceKey | undefined {
  if (schedule.context.suite !== header.suite || !answers(header, request)) return undefined
  const key = schedule.responseKey(header.rid, header.rnonce)
  return { aead: schedule.aead, key, headerBytes, encrypted: isBodyEncrypted(headerBytes) }
}

/** Whether the header repeats the request's, and its tag: a response of another call, or in another mode, is none. */
function answers(header: ResponseHeader, { header: sent, tag }: SentRequest): boolean {
  return (
    header.suite === sent.suite &&
    header.secretType === sent.secretType &&
    header.keyKind === sent.keyKind &&
    header.seq === sent.seq &&
    equalBytes(header.keyId, sent.keyId) &&
    equalBytes(header.rid, sent.rid) &&
    equalBytes(header.requestTag, tag)
  )
}
