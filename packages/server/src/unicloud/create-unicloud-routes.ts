import { DrawbridgeError } from '@drawbridge/protocol'
import type { CallIntake } from '../calls/call-intake.ts'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Log } from '../log/create-log.ts'
import type { Space } from '../spaces/space.ts'
import { createAccessTokens } from './access-tokens.ts'
import { readClientRequest } from './client-request.ts'
import { isSignedBy } from './client-sign.ts'
import type { FileMethods } from './file-methods.ts'
import { gatewayError } from './gateway-error.ts'
import type { ClientCall, ClientClass, MethodDeps } from './methods/client-method.ts'
import { clientMethods } from './methods/table.ts'
import { createOrigins } from './origins.ts'
import type { Origins } from './origins.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { successAnswer } from './success-answer.ts'

/** As much as uniCloud takes on aliyun. */
const BODY_MAX_BYTES = 1_048_576
const USER_AGENT_MAX_CHARS = 512

/** What the stock client's wire is made of. */
export interface UnicloudDeps {
  readonly spaces: readonly Space[]
  readonly calls: CallIntake
  /** Undefined: file methods are refused. */
  readonly files?: FileMethods
  /** ms since epoch. */
  readonly now: () => number
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
  readonly log: Log
  /** Counts requests by address; no limit when left out. */
  readonly limiter?: RateLimiter
  /** 32 bytes that all replicas share; without it each replica honours its own access tokens only. */
  readonly tokenKey?: Uint8Array
  /** 2 h. */
  readonly tokenLifetimeMs?: number
  /** 1 MiB. */
  readonly bodyMaxBytes?: number
}

/**
 * `POST /client`, where the stock uniCloud client calls, and the preflight of browsers. Both its classes are served:
 * aliyun with access tokens, dcloud without. Every answer to a POST is a JSON object: anything else in a 2xx would
 * leave the client waiting for ever.
 */
export function createUnicloudRoutes(deps: UnicloudDeps): readonly ClientRoute[] {
  const { spaces, now, random, tokenKey, tokenLifetimeMs, bodyMaxBytes = BODY_MAX_BYTES } = deps
  const origins = createOrigins(spaces)
  const tokens = createAccessTokens({
    now,
    random,
    key: tokenKey,
    ...(tokenLifetimeMs !== undefined && { lifetimeMs: tokenLifetimeMs }),
  })
  const wire: Wire = {
    ...deps,
    origins,
    tokens,
    spaceById: new Map(spaces.map((space) => [space.spaceId, space])),
  }
  const serve = (arrival: Arrival, visit: Visit): Answer | Promise<Answer> =>
    arrival.method === 'OPTIONS' ? answerPreflight(arrival, visit, origins) : answerPost(arrival, visit, wire)
  const route = { access: 'client', face: 'client', methods: ['POST', 'OPTIONS'], bodyMaxBytes, serve } as const
  return [
    { ...route, operationId: 'unicloudClient', path: '/client' },
    // The client joins its endpoint and `/client` as they are: an endpoint that ends in a slash comes here.
    { ...route, operationId: 'unicloudClientSlash', path: '//client' },
  ]
}

interface Wire extends UnicloudDeps, MethodDeps {
  readonly files?: FileMethods
  readonly origins: Origins
  readonly spaceById: ReadonlyMap<string, Space>
}

function answerPreflight({ headers }: Arrival, { requestId }: Visit, origins: Origins): Answer {
  const allowed = origins.preflight(headers.origin)
  if (allowed) return { status: 204, headers: allowed }
  return refusalAnswer(gatewayError(new DrawbridgeError('ORIGIN_REFUSED')), requestId, { vary: 'Origin' })
}

async function answerPost(arrival: Arrival, visit: Visit, wire: Wire): Promise<Answer> {
  const { requestId } = visit
  const { origin } = arrival.headers
  let space: Space | undefined
  let target: string | undefined
  try {
    wire.limiter?.take(visit.address)
    const request = readClientRequest(arrival.body, wire.now())
    space = wire.spaceById.get(request.spaceId)
    if (!space) throw new DrawbridgeError('SPACE_UNKNOWN')
    if (!wire.origins.admits(origin, space)) throw new DrawbridgeError('ORIGIN_REFUSED')
    if (!isSignedBy(space.clientSecret, request, arrival.headers['x-serverless-sign']))
      throw new DrawbridgeError('CLIENT_SIGNATURE_INVALID')
    target = targetOf(request.params) ?? request.method
    const method = clientMethods[request.method]
    if (!method) throw new DrawbridgeError('CLIENT_METHOD_UNKNOWN')
    const clientClass = method.needsNoToken ? 'aliyun' : classOf(request.token, space, arrival, wire)
    const run = method[clientClass]
    if (!run) throw new DrawbridgeError('CLIENT_METHOD_UNKNOWN')
    const data = await run(clientCall(request.params, clientClass, space, arrival, visit), wire)
    return successAnswer(data, requestId, wire.origins.readable(origin, space))
  } catch (error) {
    return refusal(error, { space, target, origin, requestId, wire })
  }
}

/** The function that a call names, for the log, without reading the call: the client writes the name first. */
function targetOf(params: string): string | undefined {
  return /^\{"functionTarget":"([\w-]{1,64})"/.exec(params)?.[1]
}

/** A client without a token that tells of itself in a header is of the class that knows no tokens. */
function classOf(token: string | undefined, space: Space, { headers }: Arrival, { tokens }: Wire): ClientClass {
  if (token === undefined && headers['x-client-info'] !== undefined) return 'dcloud'
  if (token === undefined || !tokens.admits(space.spaceId, token)) throw new DrawbridgeError('CLIENT_TOKEN_INVALID')
  return 'aliyun'
}

function clientCall(
  params: string,
  clientClass: ClientClass,
  space: Space,
  { headers, origin }: Arrival,
  { requestId, address }: Visit,
): ClientCall {
  const headerToken = headers['x-client-token']
  return {
    space,
    params,
    requestId,
    clientIp: address,
    userAgent: (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_CHARS),
    ...(clientClass === 'dcloud' && typeof headerToken === 'string' && { headerToken }),
    origin: origin(),
  }
}

function refusal(
  error: unknown,
  {
    space,
    target,
    origin,
    requestId,
    wire,
  }: {
    readonly space: Space | undefined
    readonly target: string | undefined
    readonly origin: string | undefined
    readonly requestId: string
    readonly wire: Wire
  },
): Answer {
  const told = gatewayError(error)
  const { status, code } = told
  const fields = { requestId, spaceId: space?.spaceId, target, status, code }
  // What a function did wrong stands in its own log; here only what the server did.
  if (status >= 500) wire.log.failure('client call failed', error, fields)
  else wire.log.debug('client call refused', fields)
  const wait = error instanceof DrawbridgeError ? error.detail['retryAfterSeconds'] : undefined
  return refusalAnswer(told, requestId, {
    ...wire.origins.readable(origin, space),
    ...(typeof wait === 'number' && { 'retry-after': String(wait) }),
  })
}
