import { createChunkOpener, openChunks } from './chunk-opener.ts'
import type { ChunkSizes } from './chunk-sealer.ts'
import type { HeaderStart } from './header.ts'
import { BODY_MAX_BYTES, TAG_BYTES } from './max-bytes.ts'
import { padBody, unpadBody } from './pad-body.ts'
import { WHOLE, openPiece, sealPiece } from './sealed-piece.ts'
import type { PieceKey } from './sealed-piece.ts'
import type { Envelope } from './envelope.ts'

/** A body sealed in one piece, padded if the header says so; `undefined` when it is too large. */
export function sealBody(
  piece: PieceKey,
  header: HeaderStart,
  body: Uint8Array,
  bodyMaxBytes = BODY_MAX_BYTES,
): (Envelope & { readonly tag: Uint8Array }) | undefined {
  const { headerBytes, encrypted } = piece
  if (header.padded && !encrypted) return undefined
  const padded = header.padded ? padBody(body) : body
  if (padded.length > bodyMaxBytes) return undefined
  const sealed = sealPiece(piece, WHOLE, padded)
  return { headerBytes, sealed, clear: encrypted ? undefined : body, tag: tagOf(sealed) }
}

/** The body of an envelope that is there as a whole, chunked or not; `undefined` refuses it. */
export function openBody(
  piece: PieceKey,
  header: HeaderStart,
  envelope: Envelope,
  sizes: ChunkSizes = {},
): { readonly body: Uint8Array; readonly tag: Uint8Array } | undefined {
  if (header.chunked) return openChunks(createChunkOpener(piece, sizes), envelope.sealed)
  const opened = openPiece(piece, WHOLE, envelope)
  const body = opened && header.padded ? unpadBody(opened) : opened
  return body && { body, tag: tagOf(envelope.sealed) }
}

/** The tag of a sealed piece. */
export function tagOf(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(sealed.length - TAG_BYTES)
}
