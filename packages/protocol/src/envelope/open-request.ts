import type { TextCodec } from '../bytes/text-codec.ts'
import { createChunkOpener } from './chunk-opener.ts'
import type { ChunkOpener } from './chunk-opener.ts'
import type { ChunkSizes } from './chunk-sealer.ts'
import { isBodyEncrypted, parseRequestHeader } from './header.ts'
import type { RequestHeader } from './header.ts'
import type { KeySchedule } from './key-schedule.ts'
import { openBody } from './seal-body.ts'
import type { PieceKey } from './sealed-piece.ts'
import { headEnd } from './envelope.ts'
import { fromWire } from './from-wire.ts'
import type { Envelope } from './envelope.ts'
import type { BodyLimits } from './from-binary.ts'

/** Only this module can say of a request that it was received or opened. */
declare const passed: unique symbol

/** A request whose header could be read. Nothing of it is authentic yet: good for looking its key up, and no more. */
export interface ReceivedRequest {
  readonly [passed]: 'received'
  readonly header: RequestHeader
  readonly envelope: Envelope
  /** The form it came in, and in which its response goes back. */
  readonly form: 'binary' | 'json'
}

/** A request that the holder of the key sealed, and nobody changed. Whether it is allowed is another question. */
export interface OpenedRequest {
  readonly [passed]: 'opened'
  readonly header: RequestHeader
  readonly tag: Uint8Array
  readonly body: Uint8Array
}

/** The head of a request in chunks; nothing of it is authentic yet. */
export interface ReceivedHead {
  readonly [passed]: 'head'
  readonly header: RequestHeader
  readonly headerBytes: Uint8Array
}

/**
 * Reads a request from the wire: bytes as the binary form, anything else as the JSON form.
 * @returns `undefined` for whatever is not exactly an envelope within the limits, for one reason or another
 */
export function receiveRequest(wire: unknown, limits?: BodyLimits, text?: TextCodec): ReceivedRequest | undefined {
  const envelope = fromWire(wire, limits, text)
  const header = envelope && parseRequestHeader(envelope.headerBytes)
  if (!header) return undefined
  return { header, envelope, form: wire instanceof Uint8Array ? 'binary' : 'json' } as ReceivedRequest
}

/**
 * Opens a request with the key of its header's `keyKind`, `keyId`, `appId` and `subject`.
 * @returns `undefined` for every way to be wrong: that is one refusal, ENVELOPE_REJECTED, and has no detail
 */
export function openRequest(
  schedule: KeySchedule,
  received: ReceivedRequest,
  sizes?: ChunkSizes,
): OpenedRequest | undefined {
  const { header, envelope } = received
  const piece = requestPiece(schedule, header, envelope.headerBytes)
  const opened = piece && openBody(piece, header, envelope, sizes)
  return opened && ({ header, ...opened } as OpenedRequest)
}

/** Reads the head of a request in chunks, once `headEnd` says that it is there; `undefined` as for `receiveRequest`. */
export function receiveRequestHead(bytes: Uint8Array): ReceivedHead | undefined {
  const end = headEnd(bytes)
  if (end === undefined || bytes.length < end) return undefined
  const headerBytes = bytes.slice(2, end)
  const header = parseRequestHeader(headerBytes)
  return header?.chunked ? ({ header, headerBytes } as ReceivedHead) : undefined
}

/**
 * Opens a request in chunks; what stands behind the head goes into the opener. `undefined` when the schedule is one of
 * another suite. Do not act on the bodies before the opener's end; its tag and the header then are what
 * `sealResponse` needs.
 */
export function openRequestStream(
  schedule: KeySchedule,
  { header, headerBytes }: ReceivedHead,
  sizes?: ChunkSizes,
): ChunkOpener | undefined {
  const piece = requestPiece(schedule, header, headerBytes)
  return piece && createChunkOpener(piece, sizes)
}

function requestPiece(schedule: KeySchedule, header: RequestHeader, headerBytes: Uint8Array): PieceKey | undefined {
  if (schedule.context.suite !== header.suite) return undefined
  const key = schedule.requestKey(header.rid, header.ts)
  return { aead: schedule.aead, key, headerBytes, encrypted: isBodyEncrypted(headerBytes) }
}
