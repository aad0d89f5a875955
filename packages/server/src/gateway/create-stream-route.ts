import { DrawbridgeError, ENVELOPE_CONTENT_TYPE } from '@drawbridge/protocol'
import type { ReceivedRequest } from '@drawbridge/protocol'
import { nodeTextCodec } from '@drawbridge/protocol/node'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import { translateFrameworkError } from '../http/translate-framework-error.ts'
import type { Visit } from '../http/visit.ts'
import type { Log } from '../log/create-log.ts'
import { currentPolicy } from '../secure-network/current-policy.ts'
import { passPolicy } from '../secure-network/pass-policy.ts'
import type { PolicySource } from '../secure-network/policy-source.ts'
import { recordVerdict } from '../secure-network/record-verdict.ts'
import { isRefused, refusalOnWire } from '../secure-network/refusal.ts'
import type { Refusal } from '../secure-network/refusal.ts'
import { openEnvelope } from '../secure-network/usn1/open-envelope.ts'
import type { AuthenticRequest, EnvelopeDeps } from '../secure-network/usn1/open-envelope.ts'
import { callFacts } from '../secure-network/usn1/call-facts.ts'
import type { Sender } from '../secure-network/usn1/call-facts.ts'
import { sealReply } from '../secure-network/usn1/seal-reply.ts'
import { serverTime } from '../secure-network/usn1/server-time.ts'
import type { VerdictSink } from '../secure-network/verdict.ts'
import { knownError, wireError } from '../secure-network/wire-error.ts'
import type { Space } from '../spaces/space.ts'
import { createOrigins } from '../unicloud/origins.ts'
import type { Origins } from '../unicloud/origins.ts'
import type { Gateway } from './create-gateway.ts'
import { sealStream } from './seal-stream.ts'

const SPACE_HEADER = 'x-drawbridge-space'
const USER_AGENT_MAX_CHARS = 512

/** What `/v1/stream` is made of. */
export interface StreamRouteDeps {
  readonly gateway: Gateway
  readonly spaces: readonly Space[]
  readonly envelope: EnvelopeDeps
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  readonly random: (length: number) => Uint8Array
  readonly log: Log
  /** Counts requests by address. */
  readonly limiter: RateLimiter
}

interface StreamWire extends StreamRouteDeps {
  readonly origins: Origins
  readonly spaceById: ReadonlyMap<string, Space>
  readonly now: () => number
}

/**
 * `POST /v1/stream`: the gateway's routes for bodies that are larger than one envelope holds. An envelope in chunks
 * (`application/vnd.usn1`) with target `h:METHOD /path` and inside the same JSON as for `/v1/call`, answered in chunks as
 * the backend delivers; errors come in one piece, as from `/v1/call`. The request goes on when its last chunk was opened.
 */
export function createStreamRoute(deps: StreamRouteDeps): ClientRoute {
  const { spaces, envelope } = deps
  const wire: StreamWire = {
    ...deps,
    now: envelope.now,
    origins: createOrigins(spaces, `content-type, ${SPACE_HEADER}`),
    spaceById: new Map(spaces.map((space) => [space.spaceId, space])),
  }
  return {
    access: 'client',
    face: 'call',
    operationId: 'callStream',
    methods: ['POST', 'OPTIONS'],
    path: '/v1/stream',
    // The route of the gateway decides; the body stays a stream.
    bodyMaxBytes: Number.MAX_SAFE_INTEGER,
    takesStream: true,
    serve: (arrival, visit) => serve(arrival, visit, wire),
  }
}

async function serve(arrival: Arrival, visit: Visit, wire: StreamWire): Promise<Answer> {
  const { headers } = arrival
  if (arrival.method === 'OPTIONS') {
    const allowed = wire.origins.preflight(headers.origin)
    if (!allowed) throw new DrawbridgeError('ORIGIN_REFUSED')
    return { status: 204, headers: allowed }
  }
  const { requestId, address } = visit
  const userAgent = (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_CHARS)
  const sender: Sender = { requestId, clientIp: address, userAgent }
  wire.limiter.take(address)
  const space = enter(headers, wire)
  const answer = await receive(arrival, { space, sender, wire }).catch((cause: unknown) => {
    // Among others that the client went away in the middle.
    const error = translateFrameworkError(cause)
    noteFailure(error, { space, sender, wire })
    return plainError(error)
  })
  return { ...answer, headers: { ...answer.headers, ...wire.origins.readable(headers.origin, space) } }
}

/** A request on its way through the stages. */
interface Passage {
  readonly space: Space
  readonly sender: Sender
  readonly wire: StreamWire
}

function enter(headers: Arrival['headers'], { spaceById, origins }: StreamWire): Space {
  const spaceId = headers[SPACE_HEADER]
  const space = typeof spaceId === 'string' ? spaceById.get(spaceId) : undefined
  if (!space) throw new DrawbridgeError('SPACE_UNKNOWN')
  if (!origins.admits(headers.origin, space)) throw new DrawbridgeError('ORIGIN_REFUSED')
  return space
}

async function receive(arrival: Arrival, passage: Passage): Promise<Answer> {
  const { wire, space } = passage
  const { headers, stream } = arrival
  const isEnvelope = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === ENVELOPE_CONTENT_TYPE
  const read = isEnvelope && stream ? await wire.gateway.receive(stream, space) : undefined
  if (read && 'received' in read) return pass(read.received, passage)
  const refusal = read ? TOO_LARGE : NO_ENVELOPE
  noteRefusal(refusal, read?.tooLarge, passage)
  return { ...plainRefusal(refusal), headers: { connection: 'close' } }
}

const NO_ENVELOPE: Refusal = { code: 'ENVELOPE_REJECTED', reason: 'it is no envelope in chunks' }
const TOO_LARGE: Refusal = { code: 'BODY_TOO_LARGE', reason: 'it is larger than its route takes' }

async function pass(received: ReceivedRequest, passage: Passage): Promise<Answer> {
  const { space, sender, wire } = passage
  const policy = currentPolicy(wire.policies, space)
  const outcome = await openEnvelope({ received, space, policy, sender }, wire.envelope)
  if ('refused' in outcome) {
    const { refused, authentic } = outcome
    noteRefusal(refused, received, passage, authentic)
    return authentic
      ? sealedError(authentic, refusalOnWire(refused, serverTime(wire.envelope)), wire)
      : plainRefusal(refused)
  }
  const { authentic } = outcome
  const fail = (error: unknown): Answer => {
    noteFailure(error, passage)
    return sealedError(authentic, wireError(error), wire)
  }
  if ('error' in outcome) return fail(outcome.error)
  const { call } = outcome
  try {
    const admitted = passPolicy(call, wire.gateway.guard(policy, call), wire)
    if (isRefused(admitted)) return sealedError(authentic, refusalOnWire(admitted.refused), wire)
    return sealStream(authentic, await wire.gateway.stream(admitted), {
      now: () => serverTime(wire.envelope),
      random: wire.random,
    })
  } catch (error) {
    return fail(error)
  }
}

function sealedError(authentic: AuthenticRequest, error: ReturnType<typeof wireError>, wire: StreamWire): Answer {
  return sealReply(
    authentic,
    'binary',
    { error },
    { ...wire, now: () => serverTime(wire.envelope), text: nodeTextCodec },
  )
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
    ...(typeof retryAfterSeconds === 'number' && { headers: { 'retry-after': String(retryAfterSeconds) } }),
  }
}

function noteFailure(error: unknown, { sender: { requestId }, space: { spaceId }, wire }: Passage): void {
  const { code, status } = knownError(error)
  const fields = { requestId, spaceId, status, code }
  if (status >= 500) wire.log.failure('call failed', error, fields)
  else wire.log.debug('call refused', fields)
}

function noteRefusal(
  { code, reason }: Refusal,
  received: Pick<ReceivedRequest, 'header'> | undefined,
  { sender, space, wire }: Passage,
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
