import { DrawbridgeError, ENVELOPE_CONTENT_TYPE, receiveRequest } from '@drawbridge/protocol'
import type { ReceivedRequest } from '@drawbridge/protocol'
import { nodeTextCodec } from '@drawbridge/protocol/node'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import type { CallPath } from '../../calls/call-path.ts'
import type { Gateway } from '../../gateway/create-gateway.ts'
import type { Answer } from '../../http/answer.ts'
import type { Arrival } from '../../http/arrival.ts'
import { readJson, readText } from '../../http/read-json.ts'
import type { ClientRoute } from '../../http/route.ts'
import type { Visit } from '../../http/visit.ts'
import type { Log } from '../../log/create-log.ts'
import type { Space } from '../../spaces/space.ts'
import { createOrigins } from '../../unicloud/origins.ts'
import type { Origins } from '../../unicloud/origins.ts'
import { currentPolicy } from '../current-policy.ts'
import { openedCall } from '../opened-call.ts'
import { passPolicy } from '../pass-policy.ts'
import type { Policy, PolicySource } from '../policy-source.ts'
import { recordVerdict } from '../record-verdict.ts'
import { isRefused, refusalOnWire } from '../refusal.ts'
import type { Refusal } from '../refusal.ts'
import type { OpenedCall } from '../admitted-call.ts'
import { callFacts } from '../usn1/call-facts.ts'
import type { Sender } from '../usn1/call-facts.ts'
import { agreeTarget } from '../usn1/agree-target.ts'
import { openEnvelope } from '../usn1/open-envelope.ts'
import type { AuthenticRequest, EnvelopeDeps } from '../usn1/open-envelope.ts'
import { readPlainBody } from '../usn1/sealed-body.ts'
import { sealReply } from '../usn1/seal-reply.ts'
import { serverTime } from '../usn1/server-time.ts'
import type { SealedReply } from '../usn1/seal-reply.ts'
import type { VerdictSink } from '../verdict.ts'
import { knownError, wireError } from '../wire-error.ts'

/** A body in one piece, as the envelope has it. */
const BODY_MAX_BYTES = 1_048_576
const USER_AGENT_MAX_CHARS = 512
const SPACE_HEADER = 'x-drawbridge-space'

/** What `/v1/call` is made of. */
export interface CallRouteDeps extends EnvelopeDeps {
  readonly spaces: readonly Space[]
  readonly path: CallPath
  /** Knows the policies of routes; left out: there are none. */
  readonly gateway?: Pick<Gateway, 'guard'>
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  readonly random: (length: number) => Uint8Array
  readonly log: Log
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
  const { spaces, bodyMaxBytes = BODY_MAX_BYTES } = deps
  const wire: CallWire = {
    ...deps,
    bodyMaxBytes,
    origins: createOrigins(spaces, `content-type, ${SPACE_HEADER}`),
    spaceById: new Map(spaces.map((space) => [space.spaceId, space])),
  }
  return {
    access: 'client',
    face: 'call',
    operationId: 'call',
    methods: ['POST', 'OPTIONS'],
    path: '/v1/call',
    // Base64 makes four bytes of three; the header has its own bound.
    bodyMaxBytes: Math.ceil((bodyMaxBytes * 4) / 3) + 8192,
    serve: (arrival, visit) =>
      arrival.method === 'OPTIONS' ? answerPreflight(arrival, wire) : answerPost(arrival, visit, wire),
  }
}

interface CallWire extends CallRouteDeps {
  readonly origins: Origins
  readonly bodyMaxBytes: number
  readonly spaceById: ReadonlyMap<string, Space>
}

/** A request as far as it was read. */
interface Reading {
  space?: Space
  readonly sender: Sender
  readonly wire: CallWire
}

function answerPreflight({ headers }: Arrival, { origins }: CallWire): Answer {
  const allowed = origins.preflight(headers.origin)
  if (allowed) return { status: 204, headers: allowed }
  return plainError(new DrawbridgeError('ORIGIN_REFUSED'))
}

async function answerPost(arrival: Arrival, visit: Visit, wire: CallWire): Promise<Answer> {
  const { origin } = arrival.headers
  const reading: Reading = { sender: senderOf(arrival, visit), wire }
  const answer = await answerCall(arrival, reading).catch((error: unknown) => {
    noteFailure(error, reading)
    return plainError(error)
  })
  return { ...answer, headers: { ...answer.headers, ...wire.origins.readable(origin, reading.space) } }
}

function answerCall(arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  return Promise.resolve().then(() => {
    wire.limiter.take(sender.clientIp)
    const body = arrival.body ?? new Uint8Array()
    if (isBinary(arrival)) return answerEnvelope(body, arrival, reading)
    const value = readJson(readText(body))
    const isEnvelope = typeof value === 'object' && value !== null && Object.hasOwn(value, 'usn')
    if (isEnvelope) return answerEnvelope(value, arrival, reading)
    if (body.length > wire.bodyMaxBytes) throw new DrawbridgeError('BODY_TOO_LARGE', { maxBytes: wire.bodyMaxBytes })
    return answerPlain(value, arrival, reading)
  })
}

async function answerEnvelope(value: unknown, arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  const space = enter(arrival.headers[SPACE_HEADER], arrival, reading)
  const { bodyMaxBytes } = wire
  const received = receiveRequest(value, { bodyMaxBytes, streamMaxBytes: bodyMaxBytes }, nodeTextCodec)
  const policy = currentPolicy(wire.policies, space)
  if (!received) {
    const refusal = { code: 'ENVELOPE_REJECTED', reason: 'it is no envelope, or is too large' } as const
    noteRefusal(refusal, undefined, reading, space)
    return plainRefusal(refusal)
  }
  const outcome = await openEnvelope({ received, space, policy, sender }, wire)
  if ('refused' in outcome) {
    const { refused, authentic } = outcome
    noteRefusal(refused, received, reading, space, authentic)
    if (!authentic) return plainRefusal(refused)
    return sealed(
      authentic,
      received,
      { error: refusalOnWire(refused, serverTime(wire)) },
      wire,
      refused.retryAfterSeconds,
    )
  }
  const { authentic } = outcome
  if ('error' in outcome) return sealed(authentic, received, errorReply(outcome.error, reading), wire)
  const admitted = passPolicy(outcome.call, guarded(outcome.call, policy, wire), wire)
  if (isRefused(admitted)) return sealed(authentic, received, { error: refusalOnWire(admitted.refused) }, wire)
  const reply = await wire.path.answer(admitted).then(
    (result) => ({ result }),
    (error: unknown) => errorReply(error, reading),
  )
  return sealed(authentic, received, reply, wire)
}

async function answerPlain(value: unknown, arrival: Arrival, reading: Reading): Promise<Answer> {
  const { wire, sender } = reading
  const body = readPlainBody(value)
  const space = enter(body.spaceId, arrival, reading)
  const policy = currentPolicy(wire.policies, space)
  const { data, target: named } = body
  const agreed = agreeTarget({ named, spaceId: space.spaceId, ...(data && { data }) }, wire.path)
  if (!agreed) throw new DrawbridgeError('REQUEST_INVALID', { field: 'target', reason: 'none, or not of the data' })
  const call = openedCall({ wire: 'v1', space, ...agreed, facts: callFacts(sender, body) }, undefined)
  const admitted = passPolicy(call, guarded(call, policy, wire), wire)
  if (isRefused(admitted)) return plainRefusal(admitted.refused)
  return { status: 200, body: `{"result":${await wire.path.answer(admitted)}}` }
}

/** The policy that is about the call's target. */
function guarded(call: OpenedCall, policy: Policy, { gateway }: CallWire): Policy {
  return gateway?.guard(policy, call) ?? policy
}

/** The space, if there is one and pages of this origin may call it. */
function enter(spaceId: string | readonly string[] | undefined, { headers }: Arrival, reading: Reading): Space {
  const space = typeof spaceId === 'string' ? reading.wire.spaceById.get(spaceId) : undefined
  if (!space) throw new DrawbridgeError('SPACE_UNKNOWN')
  reading.space = space
  if (!reading.wire.origins.admits(headers.origin, space)) throw new DrawbridgeError('ORIGIN_REFUSED')
  return space
}

function isBinary({ headers }: Arrival): boolean {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === ENVELOPE_CONTENT_TYPE
}

function senderOf({ headers }: Arrival, { requestId, address }: Visit): Sender {
  return { requestId, clientIp: address, userAgent: (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_CHARS) }
}

function sealed(
  authentic: AuthenticRequest,
  { form }: ReceivedRequest,
  reply: SealedReply,
  wire: CallWire,
  retryAfterSeconds?: number,
): Answer {
  const answer = sealReply(authentic, form, reply, {
    now: () => serverTime(wire),
    random: wire.random,
    text: nodeTextCodec,
  })
  return retryAfterSeconds === undefined ? answer : { ...answer, headers: retryHeaders(retryAfterSeconds) }
}

function errorReply(error: unknown, reading: Reading): SealedReply {
  noteFailure(error, reading)
  return { error: wireError(error) }
}

function plainRefusal({ code, retryAfterSeconds }: Refusal): Answer {
  return plainError(new DrawbridgeError(code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }))
}

function plainError(error: unknown): Answer {
  const { status, detail } = knownError(error)
  const { retryAfterSeconds } = detail
  return {
    status,
    body: JSON.stringify(wireError(error)),
    ...(typeof retryAfterSeconds === 'number' && { headers: retryHeaders(retryAfterSeconds) }),
  }
}

function retryHeaders(seconds: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(seconds) }
}

/** What a function did wrong stands in its own log; here only what the server did. */
function noteFailure(error: unknown, { sender, space, wire }: Reading): void {
  const { code, status } = knownError(error)
  const fields = { requestId: sender.requestId, spaceId: space?.spaceId, status, code }
  if (status >= 500 && !code.startsWith('FUNCTION_')) wire.log.failure('call failed', error, fields)
  else wire.log.debug('call refused', fields)
}

function noteRefusal(
  { code, reason }: Refusal,
  received: ReceivedRequest | undefined,
  { sender, wire }: Reading,
  space: Space,
  authentic?: AuthenticRequest,
): void {
  const { appId = '', target = '', secretType = 'none' } = received?.header ?? {}
  recordVerdict(wire.verdicts, {
    at: wire.now(),
    call: { wire: 'v1', space, target, facts: callFacts(sender, {}), ...(authentic && { proof: authentic.proof }) },
    outcome: 'refused',
    code,
    reason,
    ...(!authentic && { claimed: { appId, secretType } }),
  })
}
