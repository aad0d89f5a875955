import { Readable } from 'node:stream'
import { DrawbridgeError, ENVELOPE_CONTENT_TYPE, sealResponseStream } from '@drawbridge/protocol'
import type { ChunkSealer } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import type { AuthenticRequest } from '../secure-network/usn1/open-envelope.ts'
import type { ForwardResponse } from './create-forward.ts'
import { responseJsonPieces } from './response-json.ts'

const BUFFER_BYTES = 131_072

/**
 * A response as a sealed reply in chunks, each sent as soon as it is full. Where the backend breaks off the last chunk is
 * missing, and the client takes nothing of it.
 */
export function sealStream(
  { schedule, request }: AuthenticRequest,
  response: ForwardResponse,
  { now, random }: { readonly now: () => number; readonly random: (length: number) => Uint8Array },
): Answer {
  const sealed = sealResponseStream(schedule, request, { ts: now(), rnonce: random(16) })
  if (!sealed) {
    response.discard()
    throw new DrawbridgeError('SYSTEM_ERROR')
  }
  const body = Readable.from(sealedPieces(sealed, response), { objectMode: false, highWaterMark: BUFFER_BYTES })
  // Whoever has gone away need not be read for.
  body.once('close', () => {
    response.discard()
  })
  return { status: 200, body, contentType: ENVELOPE_CONTENT_TYPE }
}

async function* sealedPieces(
  { head, sealer }: { readonly head: Uint8Array; readonly sealer: ChunkSealer },
  response: ForwardResponse,
): AsyncGenerator<Uint8Array> {
  yield head
  for await (const text of responseJsonPieces(response)) {
    const chunks = sealer.push(Buffer.from(text))
    if (!chunks) throw new DrawbridgeError('GATEWAY_RESPONSE_TOO_LARGE')
    yield* chunks
  }
  const end = sealer.end()
  if (!end) throw new DrawbridgeError('GATEWAY_RESPONSE_TOO_LARGE')
  yield end.bytes
}
