import type { Readable } from 'node:stream'
import { BODY_MAX_BYTES, DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import type { Policy } from '../secure-network/policy-source.ts'
import type { AdmittedCall, ReceivedCall } from '../secure-network/admitted-call.ts'
import { readTarget } from '../secure-network/target.ts'
import type { Target } from '../secure-network/target.ts'
import type { Space } from '../spaces/space.ts'
import { createChunkReader } from './create-chunk-reader.ts'
import type { ReadChunks } from './create-chunk-reader.ts'
import { createForward } from './create-forward.ts'
import type { ForwardResponse } from './create-forward.ts'
import { createFindRoute } from './find-route.ts'
import type { GatewayConfig, GatewayRoute } from './gateway-config.ts'
import type { GatewayEvent } from './gateway-event.ts'
import { guardRoute } from './guard-route.ts'
import { identityHeaders } from './identity-headers.ts'
import { readRouteData } from './read-route-data.ts'
import { signRequest } from './sign-request.ts'
import { responseJson } from './response-json.ts'
import { watchResponse } from './watch-response.ts'

/** What a gateway is made of. */
export interface GatewayDeps {
  readonly config: GatewayConfig
  /** ms since epoch. */
  readonly now: () => number
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onEvent: (event: GatewayEvent) => void
}

/** Backends as targets of calls, beside functions. */
export interface Gateway {
  /** The policy for a call's target: for a route its own, for anything else the same as it came. */
  guard(policy: Policy, call: Pick<ReceivedCall, 'space' | 'target'>): Policy
  /**
   * Forwards, and gives `{status, header, body, encoding?: 'base64url'}` as JSON text; without `encoding` the body is text.
   * Throws the gateway's errors, `BODY_TOO_LARGE`, and `ENVELOPE_REQUIRED` for a plain call that the route refuses.
   */
  answer(call: AdmittedCall): Promise<string>
  /** Forwards, and gives the response as it comes. It has to be read, or discarded. Throws as `answer` does. */
  stream(call: AdmittedCall): Promise<ForwardResponse>
  /**
   * Reads a request in chunks, as far as its route allows: of one that is larger it gives the head. Undefined for what is
   * none; throws `GATEWAY_BUSY`, and `REQUEST_INVALID` where it comes too slowly.
   */
  receive(stream: Readable, space: Pick<Space, 'spaceId'>): Promise<ReadChunks | undefined>
  /** Ends what is under way. */
  close(): Promise<void>
}

/** Of all requests in chunks that have not come to their end. */
const HELD_MAX_BYTES = 134_217_728
const RECEIVE_WITHIN_MS = 120_000
/** A request's query, headers, `clientInfo` and token. */
const BESIDE_BODY_BYTES = 65_536
/** What of a reply in one piece is not the response: its framing, and the request id. */
const REPLY_FRAME_BYTES = 1024

/** Throws nothing: the configuration was read. */
export function createGateway({ config, now, sleep, onEvent }: GatewayDeps): Gateway {
  const findRoute = createFindRoute(config.routes)
  const forward = createForward({ sleep })
  const chunks = createChunkReader({ heldMaxBytes: HELD_MAX_BYTES, withinMs: RECEIVE_WITHIN_MS, sleep })

  async function send(call: AdmittedCall, isStream: boolean): Promise<ForwardResponse> {
    const { target, space, proof, args, facts } = call
    const { spaceId } = space
    if (target.kind !== 'route') throw new DrawbridgeError('GATEWAY_ROUTE_UNKNOWN')
    const route = findRoute({ spaceId, method: target.method, path: target.path })
    // Whatever the mode of the space lets pass.
    if (!proof && route.plain !== 'allow') throw new DrawbridgeError('ENVELOPE_REQUIRED')
    const { method } = target
    const { query, headers, body } = readRouteData(args, { method, bodyMaxBytes: route.bodyMaxBytes })
    const own = identityHeaders({ proof, requestId: facts.requestId, at: now() })
    const forwarded = targetOf(route, target.path, query)
    const signature = signRequest(config.signingKey, { method, target: forwarded, body, headers: own })
    const all = [...headers, ...own, signature, ...connectionHeaders(facts.clientIp)]
    return forward({ route, method, target: forwarded, headers: all, body, isStream })
  }

  function aboutCall(call: AdmittedCall) {
    return { requestId: call.facts.requestId, spaceId: call.space.spaceId, route: nameOf(call) }
  }

  /** Tells what came of it. */
  async function told<T>(
    call: AdmittedCall,
    work: () => Promise<{ readonly status: number; readonly result: T }>,
  ): Promise<T> {
    const startedAt = now()
    const about = aboutCall(call)
    try {
      const { status, result } = await work()
      onEvent({ ...about, type: 'gateway-forwarded', status, durationMs: now() - startedAt })
      return result
    } catch (error) {
      onEvent({ ...about, type: 'gateway-refused', code: codeOf(error), durationMs: now() - startedAt })
      throw error
    }
  }

  function nameOf({ space, target }: Pick<ReceivedCall, 'space' | 'target'>): string | undefined {
    return routeOf(space.spaceId, target)?.name
  }

  function routeOf(spaceId: string, target: Target): GatewayRoute | undefined {
    if (target.kind !== 'route') return undefined
    try {
      return findRoute({ spaceId, method: target.method, path: target.path })
    } catch {
      return undefined
    }
  }

  return {
    guard(policy, { space, target }) {
      return target.kind === 'route' ? guardRoute(policy, routeOf(space.spaceId, target)) : policy
    },
    answer: (call) =>
      told(call, async () => {
        const response = await send(call, false)
        const result = await responseJson(response)
        if (Buffer.byteLength(result) > BODY_MAX_BYTES - REPLY_FRAME_BYTES)
          throw new DrawbridgeError('GATEWAY_RESPONSE_TOO_LARGE', { limit: BODY_MAX_BYTES })
        return { status: response.status, result }
      }),
    stream: (call) =>
      told(call, async () => {
        const startedAt = now()
        const response = await send(call, true)
        const result = watchResponse(response, (error) => {
          onEvent({
            ...aboutCall(call),
            type: 'gateway-broken',
            code: codeOf(error),
            durationMs: now() - startedAt,
          })
        })
        return { status: response.status, result }
      }),
    receive: (stream, { spaceId }) =>
      chunks.read(stream, ({ header }) => {
        const target = readTarget(header.target)
        const route = target && routeOf(spaceId, target)
        return BESIDE_BODY_BYTES + Math.ceil(((route?.bodyMaxBytes ?? 0) * 4) / 3)
      }),
    close: () => forward.close(),
  }
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof DrawbridgeError ? error.code : 'SYSTEM_ERROR'
}

/** The path as it was asked for, less what the route takes off, behind what the backend's address has. */
function targetOf({ upstream, stripPrefix }: GatewayRoute, path: string, query: string): string {
  const base = new URL(upstream).pathname.replace(/\/$/, '')
  const rest = path.startsWith(`${stripPrefix}/`) || path === stripPrefix ? path.slice(stripPrefix.length) : path
  const whole = `${base}${rest}` || '/'
  return query === '' ? whole : `${whole}?${query}`
}

/** Compressed responses would be sealed as they are, and tell by their length what is in them. */
function connectionHeaders(clientIp: string): readonly (readonly [string, string])[] {
  return [['accept-encoding', 'identity'], ...(clientIp === '' ? [] : ([['x-forwarded-for', clientIp]] as const))]
}
