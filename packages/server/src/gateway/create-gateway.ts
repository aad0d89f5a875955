import type { Readable } from 'node:stream'
import { BODY_MAX_BYTES, DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode, ErrorDetail } from '@drawbridge/protocol'
import type { Policy } from '../secure-network/policy-source.ts'
import type { AdmittedCall, ReceivedCall } from '../secure-network/admitted-call.ts'
import { readTarget } from '../secure-network/target.ts'
import type { Target } from '../secure-network/target.ts'
import type { Sender } from '../secure-network/usn1/call-facts.ts'
import type { Space } from '../spaces/space.ts'
import { createChunkReader } from './create-chunk-reader.ts'
import type { ReadChunks } from './create-chunk-reader.ts'
import { createForward } from './create-forward.ts'
import type { ForwardResponse } from './create-forward.ts'
import { createFindRoute } from './find-route.ts'
import type { GatewayConfig, GatewayRoute } from './gateway-config.ts'
import type { GatewayEvent, SocketEnd } from './gateway-event.ts'
import { guardRoute } from './guard-route.ts'
import { identityHeaders } from './identity-headers.ts'
import { readRouteData } from './read-route-data.ts'
import { signRequest } from './sign-request.ts'
import type { SignedParts } from './sign-request.ts'
import { responseJson } from './response-json.ts'
import { connectUpstream } from './socket/connect-upstream.ts'
import type { Upstream } from './socket/connect-upstream.ts'
import { readSocketData } from './socket/read-socket-data.ts'
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
  receive(stream: Readable, about: Pick<Space, 'spaceId'> & Pick<Sender, 'requestId'>): Promise<ReadChunks | undefined>
  /**
   * Opens a socket at the backend. Throws the gateway's errors, among them `GATEWAY_SOCKET_REFUSED` where the route takes
   * none. @param gone aborted when the client is
   */
  connect(call: AdmittedCall, gone: AbortSignal): Promise<GatewaySocket>
  /** Of a message to a socket of any route; undefined: no route takes sockets. */
  readonly socketBodyMaxBytes: number | undefined
  /** Ends what is under way; sockets are their own route's to end. */
  close(): Promise<void>
}

/** A socket that the backend of a route has opened. */
export interface GatewaySocket extends Upstream {
  /** Of a message, either way. */
  readonly bodyMaxBytes: number
  /** Tells that it ended; once. */
  ended(end: SocketEnd): void
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
    const { route, method, path } = destination(call)
    const { query, headers, body } = readRouteData(call.args, { method, bodyMaxBytes: route.bodyMaxBytes })
    const target = targetOf(route, path, query)
    return forward({ route, ...vouched(call, { method, target, headers, body }), isStream })
  }

  async function connect(call: AdmittedCall, gone: AbortSignal): Promise<Upstream & { readonly route: GatewayRoute }> {
    const { route, method, path } = destination(call)
    if (!route.webSocket || method !== 'GET') throw new DrawbridgeError('GATEWAY_SOCKET_REFUSED', { route: route.name })
    const { query, headers, protocols } = readSocketData(call.args)
    const request = { method, target: targetOf(route, path, query), headers, body: NOTHING }
    const opened = await connectUpstream({ route, ...vouched(call, request), protocols, gone, sleep })
    return { ...opened, route }
  }

  /** Where a call goes on to, if it may. */
  function destination({ space: { spaceId }, target, proof }: AdmittedCall) {
    if (target.kind !== 'route') throw new DrawbridgeError('GATEWAY_ROUTE_UNKNOWN')
    const { method, path } = target
    const route = findRoute({ spaceId, method, path })
    // Whatever the mode of the space lets pass.
    if (!proof && route.plain !== 'allow') throw new DrawbridgeError('ENVELOPE_REQUIRED')
    return { route, method, path }
  }

  /** The request with what the gateway says of it, signed. */
  function vouched<Request extends SignedParts>({ proof, facts }: AdmittedCall, request: Request): Request {
    const own = identityHeaders({ proof, requestId: facts.requestId, at: now() })
    const signature = signRequest(config.signingKey, { ...request, headers: own })
    return { ...request, headers: [...request.headers, ...own, signature, ...connectionHeaders(facts.clientIp)] }
  }

  function aboutCall(call: AdmittedCall) {
    return { requestId: call.facts.requestId, spaceId: call.space.spaceId, route: nameOf(call) }
  }

  /** Tells what came of it. */
  async function told<T>(
    call: AdmittedCall,
    work: () => Promise<{ readonly did: Did; readonly result: T }>,
  ): Promise<T> {
    const startedAt = now()
    const about = aboutCall(call)
    try {
      const { did, result } = await work()
      onEvent({ ...about, ...did, durationMs: now() - startedAt })
      return result
    } catch (error) {
      onEvent({ ...about, ...refused(error), durationMs: now() - startedAt })
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
        return { did: forwarded(response), result }
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
        return { did: forwarded(response), result }
      }),
    async receive(stream, { spaceId, requestId }) {
      const startedAt = now()
      try {
        return await chunks.read(stream, ({ header }) => {
          const target = readTarget(header.target)
          const route = target && routeOf(spaceId, target)
          return BESIDE_BODY_BYTES + Math.ceil(((route?.bodyMaxBytes ?? 0) * 4) / 3)
        })
      } catch (error) {
        // Nobody forwards it, so nobody else tells; the others are the client's own doing.
        if (codeOf(error) === 'GATEWAY_BUSY')
          onEvent({ requestId, spaceId, route: undefined, ...refused(error), durationMs: now() - startedAt })
        throw error
      }
    },
    connect: (call, gone) =>
      told(call, async () => {
        const { route, ...opened } = await connect(call, gone)
        const openedAt = now()
        const ended = (end: SocketEnd): void => {
          onEvent({ ...aboutCall(call), type: 'gateway-socket-ended', ...end, durationMs: now() - openedAt })
        }
        return { did: SOCKET_OPENED, result: { ...opened, bodyMaxBytes: route.bodyMaxBytes, ended } }
      }),
    socketBodyMaxBytes: config.routes
      .filter(({ webSocket }) => webSocket)
      .reduce<number | undefined>((most, { bodyMaxBytes }) => Math.max(most ?? 0, bodyMaxBytes), undefined),
    close: () => forward.close(),
  }
}

/** What was done with a request, as its event says it. */
type Did = { readonly type: 'gateway-forwarded'; readonly status: number } | typeof SOCKET_OPENED

const SOCKET_OPENED = { type: 'gateway-socket-opened' } as const
const NOTHING = new Uint8Array(0)

function forwarded({ status }: ForwardResponse): Did {
  return { type: 'gateway-forwarded', status }
}

function refused(error: unknown) {
  const { reason, status } = isBackendsDoing(error) ? error.detail : NO_DETAIL
  return {
    type: 'gateway-refused' as const,
    code: codeOf(error),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof status === 'number' && { status }),
  }
}

const NO_DETAIL: ErrorDetail = {}

/** What the client did wrong may have its words in it. */
function isBackendsDoing(error: unknown): error is DrawbridgeError {
  return error instanceof DrawbridgeError && error.status >= 500
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
