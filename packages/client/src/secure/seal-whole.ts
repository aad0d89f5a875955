import { concatBytes, sealRequest, sealRequestStream, toBinary } from '@drawbridge/protocol'
import type { KeySchedule, RequestFields, SentRequest } from '@drawbridge/protocol'

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
  const chunks = stream && stream.sealer.push(body)
  const end = chunks && stream.sealer.end()
  if (!end) return undefined
  return { sent: { header: stream.header, tag: end.tag }, wire: concatBytes(stream.head, ...chunks, end.bytes) }
}
