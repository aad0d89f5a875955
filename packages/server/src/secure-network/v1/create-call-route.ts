import { DrawbridgeError, receiveRequest } from '@drawbridge/protocol'
import { nodeTextCodec, releaseBytes } from '@drawbridge/protocol/node'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import type { CallPath } from '../../calls/call-path.ts'
import type { Answer } from '../../http/answer.ts'
import type { Arrival } from '../../http/arrival.ts'
import { readJson, readText } from '../../http/read-json.ts'
import type { ClientRoute } from '../../http/route.ts'
import type { Visit } from '../../http/visit.ts'
import type { Space } from '../../spaces/space.ts'
import { currentPolicy } from '../current-policy.ts'
import { openedCall } from '../opened-call.ts'
import { passPolicy } from '../pass-policy.ts'
import { isRefused } from '../refusal.ts'
import type { Refusal } from '../refusal.ts'
import { callFacts } from '../usn1/call-facts.ts'
import type { Sender } from '../usn1/call-facts.ts'
import { agreeTarget } from '../usn1/agree-target.ts'
import { readPlainBody } from '../usn1/sealed-body.ts'
import { sealReply } from '../usn1/seal-reply.ts'
import type { SealDeps, SealedReply } from '../usn1/seal-reply.ts'
import { wireError } from '../wire-error.ts'
import { SPACE_HEADER, createCallDoor } from './create-call-door.ts'
import type { CallDoor } from './create-call-door.ts'
import { isEnvelopeType } from './is-envelope-type.ts'
import { noteFailure } from './note-failure.ts'
import { noteRefusal } from './note-refusal.ts'
import { guarded, passEnvelope } from './pass-envelope.ts'
import type { PassEnvelopeDeps } from './pass-envelope.ts'
import { plainError, plainRefusal, retryHeaders } from './plain-refusal.ts'
import { sealDeps } from './seal-deps.ts'
import { senderOf } from './sender-of.ts'
import { verdictReasons } from '../verdict-reasons.ts'

/** A body in one piece, as the envelope has it. */
const BODY_MAX_BYTES = 1_048_576

/** What `/v1/call` is made of. */
export interface CallRouteDeps extends PassEnvelopeDeps {
  readonly spaces: readonly Space[]
  readonly path: CallPath
  readonly random: (length: number) => Uint8Array
  /** Counts requests by address. */
  readonly limiter: RateLimiter
  /** Of what is inside an envelope, or of a plain call; 1 MiB. */
  readonly bodyMaxBytes?: number
}

/**
 * `POST /v1/call`: functions for our own clients.
 *
 * - An envelope, USN1 in its binary form (`application/vnd.usn1`) or its JSON form, with the space in the header
 *   `x-drawbridge-space`. Inside is `{spaceId, data?, clientInfo?, uniIdToken?}`: the space once more, since a header is
 *   anybody's to change; nothing of the user travels in clear. The reply comes in the same form, with status 200; its
 *   body is the result as JSON, or `{errCode, errSubject, errMsg}` where its own status is not 0.
 * - A plain call: JSON `{spaceId, target, data?, clientInfo?, uniIdToken?}`, answered by `{result}`.
 * - What is refused before it was opened is `{errCode, errSubject, errMsg}` in clear, with the code's HTTP status.
 *
 * A target is `f:name` with any data, `o:object/method` with data `{method?, params?}`, or `h:METHOD /path` of the gateway
 * with data `{query?, header?, body?, encoding?}`.
 */
export function createCallRoute(deps: CallRouteDeps): ClientRoute {
  const { spaces, bodyMaxBytes = BODY_MAX_BYTES, envelope, random } = deps
  const wire: CallWire = { ...deps, bodyMaxBytes, door: createCallDoor(spaces), seal: sealDeps(envelope, random) }
  return {
    access: 'client',
    face: 'call',
    operationId: 'call',
    methods: ['POST', 'OPTIONS'],
    path: '/v1/call',
    // Base64 makes four bytes of three; the header has its own bound.
    bodyMaxBytes: Math.ceil((bodyMaxBytes * 4) / 3) + 8192,
    serve: (arrival, visit) =>
      arrival.method === 'OPTIONS' ? wire.door.preflight(arrival.headers.origin) : answerPost(arrival, visit, wire),
  }
}

interface CallWire extends CallRouteDeps {
  readonly door: CallDoor
  readonly seal: SealDeps
  readonly bodyMaxBytes: number
}

/** A request as far as it was read. */
interface Reading {
  space?: Space
  readonly sender: Sender
  readonly wire: CallWire
}

async function answerPost(arrival: Arrival, visit: Visit, wire: CallWire): Promise<Answer> {
  const { headers } = arrival
  const reading: Reading = { sender: senderOf(headers, visit, arrival.origin), wire }
  const answer = await answerCall(arrival, reading).catch((error: unknown) => {
    noteFailure(error, reading, wire.log)
    return plainError(error)
  })
  return wire.door.readable(answer, headers.origin, reading.space)
}

function answerCall(arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  return Promise.resolve().then(() => {
    wire.limiter.take(sender.clientIp)
    const body = arrival.body ?? new Uint8Array()
    if (isEnvelopeType(arrival.headers['content-type'])) return answerEnvelope(body, arrival, reading)
    const { length } = body
    const value = readJson(readText(body))
    releaseBytes(body)
    const isEnvelope = typeof value === 'object' && value !== null && Object.hasOwn(value, 'usn')
    if (isEnvelope) return answerEnvelope(value, arrival, reading)
    if (length > wire.bodyMaxBytes) throw new DrawbridgeError('BODY_TOO_LARGE', { maxBytes: wire.bodyMaxBytes })
    return answerPlain(value, arrival, reading)
  })
}

async function answerEnvelope(value: unknown, arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  const space = enter(arrival.headers[SPACE_HEADER], arrival, reading)
  const { bodyMaxBytes } = wire
  const received = receiveRequest(value, { bodyMaxBytes, streamMaxBytes: bodyMaxBytes }, nodeTextCodec)
  if (!received) {
    noteRefusal(NO_ENVELOPE, { space, sender }, wire)
    return plainRefusal(NO_ENVELOPE)
  }
  const passed = await passEnvelope({ received, space, sender }, wire)
  if ('refused' in passed) return plainRefusal(passed.refused)
  const { authentic } = passed
  const sealed = (reply: SealedReply): Answer => sealReply(authentic, received.form, reply, wire.seal)
  if ('error' in passed) {
    const { error, retryAfterSeconds } = passed
    const answer = sealed({ error })
    return retryAfterSeconds === undefined ? answer : { ...answer, headers: retryHeaders(retryAfterSeconds) }
  }
  const reply = await wire.path.answer(passed.admitted).then(
    (result) => ({ result }),
    (error: unknown) => {
      noteFailure(error, reading, wire.log)
      return { error: wireError(error) }
    },
  )
  const answer = sealed(reply)
  // Nothing of the request is needed any more.
  releaseBytes(received.envelope.sealed)
  if (value instanceof Uint8Array) releaseBytes(value)
  return answer
}

const NO_ENVELOPE: Refusal = { code: 'ENVELOPE_REJECTED', reason: verdictReasons.noEnvelope.reason }

async function answerPlain(value: unknown, arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  const body = readPlainBody(value)
  const space = enter(body.spaceId, arrival, reading)
  const policy = currentPolicy(wire.policies, space)
  const { data, target: named } = body
  const agreed = agreeTarget({ named, spaceId: space.spaceId, ...(data && { data }) }, wire.path)
  if (!agreed) throw new DrawbridgeError('REQUEST_INVALID', { field: 'target', reason: 'none, or not of the data' })
  const { origin } = arrival
  const call = openedCall({ wire: 'v1', space, ...agreed, facts: callFacts(sender, body), origin }, undefined)
  const { verdicts, envelope } = wire
  const admitted = passPolicy(call, guarded(call, policy, wire), { verdicts, now: envelope.now })
  if (isRefused(admitted)) return plainRefusal(admitted.refused)
  return { status: 200, body: `{"result":${await wire.path.answer(admitted)}}` }
}

/** The space, if there is one and pages of this origin may call it. A refusal of the page is still one of that space. */
function enter(spaceId: unknown, { headers }: Arrival, reading: Reading): Space {
  const { door } = reading.wire
  reading.space = door.find(spaceId)
  door.admit(headers.origin, reading.space)
  return reading.space
}
