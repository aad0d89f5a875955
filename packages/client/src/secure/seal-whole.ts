import { concatBytes, sealRequest, sealRequestStream, toBinary } from '@drawbridge/protocol'
import type { ChunkSealer, KeySchedule, RequestFields, SentRequest } from '@drawbridge/protocol'

/** A sealed request: what is sent, and what its response is known by. */
export interface SealedWhole {
  readonly sent: SentRequest
  readonly wire: Uint8Array
}

/** Seals a body in one piece. `undefined` when it or a field is too long. */
export function sealWhole(
  schedule: KeySchedule,
  fields: RequestFields,
  body: Uint8Array,
  bodyMaxBytes: number,
): SealedWhole | undefined {
  const sent = sealRequest(schedule, fields, body, bodyMaxBytes)
  return sent && { sent, wire: toBinary(sent) }
}

/** Seals a body of up to 16 MiB in chunks, all of them at once: hosts send requests whole. */
export function sealInChunks(schedule: KeySchedule, fields: RequestFields, body: Uint8Array): SealedWhole | undefined {
  const stream = sealRequestStream(schedule, fields)
  const chunks = stream && sealChunks(stream, body)
  return chunks && { sent: { header: stream.header, tag: chunks.tag }, wire: chunks.wire }
}

/** A head and all chunks behind it, with the tag of the last. `undefined` when the body is too long. */
export function sealChunks(
  { head, sealer }: { readonly head: Uint8Array; readonly sealer: ChunkSealer },
  body: Uint8Array,
): { readonly wire: Uint8Array; readonly tag: Uint8Array } | undefined {
  const chunks = sealer.push(body)
  const end = chunks && sealer.end()
  return end && { wire: concatBytes(head, ...chunks, end.bytes), tag: end.tag }
}
