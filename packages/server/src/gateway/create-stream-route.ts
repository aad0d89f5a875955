import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import { translateFrameworkError } from '../http/translate-framework-error.ts'
import type { Visit } from '../http/visit.ts'
import type { Refusal } from '../secure-network/refusal.ts'
import { sealReply } from '../secure-network/usn1/seal-reply.ts'
import type { SealDeps } from '../secure-network/usn1/seal-reply.ts'
import { SPACE_HEADER, createCallDoor } from '../secure-network/v1/create-call-door.ts'
import type { CallDoor } from '../secure-network/v1/create-call-door.ts'
import { isEnvelopeType } from '../secure-network/v1/is-envelope-type.ts'
import { noteFailure } from '../secure-network/v1/note-failure.ts'
import { noteRefusal } from '../secure-network/v1/note-refusal.ts'
import { passEnvelope } from '../secure-network/v1/pass-envelope.ts'
import type { PassEnvelopeDeps, SentEnvelope } from '../secure-network/v1/pass-envelope.ts'
import { plainError, plainRefusal } from '../secure-network/v1/plain-refusal.ts'
import { sealDeps } from '../secure-network/v1/seal-deps.ts'
import { senderOf } from '../secure-network/v1/sender-of.ts'
import { wireError } from '../secure-network/wire-error.ts'
import type { Space } from '../spaces/space.ts'
import type { Gateway } from './create-gateway.ts'
import { sealStream } from './seal-stream.ts'
import { verdictReasons } from '../secure-network/verdict-reasons.ts'

/** What `/v1/stream` is made of. */
export interface StreamRouteDeps extends PassEnvelopeDeps {
  readonly gateway: Gateway
  readonly spaces: readonly Space[]
  readonly random: (length: number) => Uint8Array
  /** Counts requests by address. */
  readonly limiter: RateLimiter
}

interface StreamWire extends StreamRouteDeps {
  readonly door: CallDoor
  readonly seal: SealDeps
}

/**
 * `POST /v1/stream`: the gateway's routes for bodies that are larger than one envelope holds. An envelope in chunks
 * (`application/vnd.usn1`) with target `h:METHOD /path` and inside the same JSON as for `/v1/call`, answered in chunks as
 * the backend delivers; errors come in one piece, as from `/v1/call`. The request goes on when its last chunk was opened.
 */
export function createStreamRoute(deps: StreamRouteDeps): ClientRoute {
  const { spaces, envelope, random } = deps
  const wire: StreamWire = { ...deps, door: createCallDoor(spaces), seal: sealDeps(envelope, random) }
  return {
    access: 'client',
    face: 'call',
    operationId: 'callStream',
    methods: ['POST', 'OPTIONS'],
    path: '/v1/stream',
    // The route of the gateway decides; the body stays a stream.
    bodyMaxBytes: Number.MAX_SAFE_INTEGER,
    takesStream: true,
    serve: (arrival, visit) =>
      arrival.method === 'OPTIONS' ? wire.door.preflight(arrival.headers.origin) : answerPost(arrival, visit, wire),
  }
}

async function answerPost(arrival: Arrival, visit: Visit, wire: StreamWire): Promise<Answer> {
  const { headers } = arrival
  const { door, limiter } = wire
  limiter.take(visit.address)
  const passage: Passage = {
    space: door.enter(headers[SPACE_HEADER], headers.origin),
    sender: senderOf(headers, visit),
  }
  const answer = await receive(arrival, passage, wire).catch((cause: unknown) => {
    // Among others that the client went away in the middle.
    const error = translateFrameworkError(cause)
    noteFailure(error, passage, wire.log)
    return plainError(error)
  })
  return door.readable(answer, headers.origin, passage.space)
}

/** Who sent what is read, and where to. */
type Passage = Pick<SentEnvelope, 'space' | 'sender'>

async function receive({ headers, stream }: Arrival, passage: Passage, wire: StreamWire): Promise<Answer> {
  const isEnvelope = isEnvelopeType(headers['content-type'])
  const about = { spaceId: passage.space.spaceId, requestId: passage.sender.requestId }
  const read = isEnvelope && stream ? await wire.gateway.receive(stream, about) : undefined
  if (read && 'received' in read) return pass({ ...passage, received: read.received }, wire)
  const refusal = read ? TOO_LARGE : NO_ENVELOPE
  noteRefusal(refusal, { ...passage, received: read?.tooLarge }, wire)
  return { ...plainRefusal(refusal), headers: { connection: 'close' } }
}

const NO_ENVELOPE: Refusal = { code: 'ENVELOPE_REJECTED', reason: verdictReasons.noChunks.reason }
const TOO_LARGE: Refusal = { code: 'BODY_TOO_LARGE', reason: 'it is larger than its route takes' }

async function pass(sent: SentEnvelope, wire: StreamWire): Promise<Answer> {
  const passed = await passEnvelope(sent, wire)
  if ('refused' in passed) return plainRefusal(passed.refused)
  const { authentic } = passed
  // In one piece: there is nothing to wait for.
  if ('error' in passed) return sealReply(authentic, 'binary', { error: passed.error }, wire.seal)
  try {
    return sealStream(authentic, await wire.gateway.stream(passed.admitted), wire.seal)
  } catch (error) {
    noteFailure(error, sent, wire.log)
    return sealReply(authentic, 'binary', { error: wireError(error) }, wire.seal)
  }
}
