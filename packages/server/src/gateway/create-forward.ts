import { DrawbridgeError } from '@drawbridge/protocol'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Header } from './client-headers.ts'
import { createDeadline } from './create-deadline.ts'
import type { Deadline } from './create-deadline.ts'
import type { GatewayRoute } from './gateway-config.ts'
import { responseHeaders } from './response-headers.ts'
import type { ResponseHeader } from './response-headers.ts'
import { upstreamError } from './upstream-error.ts'

const CONNECTIONS_MAX = 64
/** Requests to one backend under way and waiting for a connection; more would only wait for their deadline. */
const IN_FLIGHT_MAX = 512
const CONNECT_TIMEOUT_MS = 5000
const HEADERS_MAX_BYTES = 16_384

/** A request, ready for the backend. */
export interface ForwardRequest {
  readonly route: GatewayRoute
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly Header[]
  readonly body: Uint8Array
  /** Whether the deadline begins anew with every piece of the response. */
  readonly isStream: boolean
}

/** What the backend answers. */
export interface ForwardResponse {
  readonly status: number
  readonly header: ResponseHeader
  /**
   * Throws `GATEWAY_RESPONSE_TOO_LARGE`, `GATEWAY_UPSTREAM_TIMED_OUT`, `GATEWAY_RESPONSE_INVALID` where it breaks off.
   * To be read to its end, or dropped with `discard`.
   */
  readonly body: AsyncIterable<Uint8Array>
  discard(): void
}

/** Sends requests to the configured backends and to nowhere else. */
export interface Forward {
  /** Throws the gateway's errors; follows no redirect and tries nothing twice. */
  (request: ForwardRequest): Promise<ForwardResponse>
  /** Ends what is under way. */
  close(): Promise<void>
}

/** @param sleep waits that long, or until the signal */
export function createForward({
  sleep,
}: {
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}): Forward {
  const upstreams = new Map<string, { readonly pool: Pool; inFlight: number }>()

  const upstreamOf = (origin: string): { readonly pool: Pool; inFlight: number } => {
    const known = upstreams.get(origin)
    if (known) return known
    const made = { pool: createPool(origin), inFlight: 0 }
    upstreams.set(origin, made)
    return made
  }

  async function forward(request: ForwardRequest): Promise<ForwardResponse> {
    const { route } = request
    const upstream = upstreamOf(new URL(route.upstream).origin)
    if (upstream.inFlight >= IN_FLIGHT_MAX) throw new DrawbridgeError('GATEWAY_BUSY', { route: route.name })
    upstream.inFlight += 1
    const deadline = createDeadline(route.timeoutMs, sleep)
    let isUnderWay = true
    const finish = (): void => {
      if (isUnderWay) upstream.inFlight -= 1
      isUnderWay = false
      deadline.end()
    }
    try {
      const response = await upstream.pool.request(dispatchOf(request, deadline.signal))
      response.body.once('close', finish)
      // It may fail before anybody reads it; whoever reads it then is told.
      response.body.on('error', () => undefined)
      return toResponse(response, request, deadline)
    } catch (cause) {
      finish()
      throw failure(cause, deadline, route)
    }
  }

  return Object.assign(forward, {
    async close() {
      await Promise.all([...upstreams.values()].map(({ pool }) => pool.destroy()))
    },
  })
}

function createPool(origin: string): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: HEADERS_MAX_BYTES,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // The route's own deadline ends them.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

function dispatchOf({ method, target, headers, body }: ForwardRequest, signal: AbortSignal) {
  return {
    method,
    path: target,
    headers: [...headers].flat(),
    body: body.length === 0 ? null : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    signal,
  }
}

function toResponse(
  response: Dispatcher.ResponseData,
  { route, isStream }: ForwardRequest,
  deadline: Deadline,
): ForwardResponse {
  const { statusCode: status, headers, body } = response
  const discard = (): void => void body.destroy()
  const refusal = refuseHead(headers, route)
  if (refusal) {
    discard()
    throw refusal
  }
  const { responseHeaders: extra, upstream } = route
  return {
    status,
    header: responseHeaders(headers, { extra, upstream }),
    body: pieces(body, { route, deadline, isStream }),
    discard,
  }
}

/** Said before the first byte goes to the client, where it can be known. */
function refuseHead(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  route: GatewayRoute,
): DrawbridgeError | undefined {
  if (Number(headers['content-length'] ?? 0) > route.bodyMaxBytes) return tooLarge(route)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return undefined
  return new DrawbridgeError('GATEWAY_RESPONSE_INVALID', { route: route.name, reason: 'content-encoding' })
}

async function* pieces(
  body: AsyncIterable<Uint8Array>,
  { route, deadline, isStream }: { route: GatewayRoute; deadline: Deadline; isStream: boolean },
): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const piece of body) {
      size += piece.length
      if (size > route.bodyMaxBytes) throw tooLarge(route)
      if (isStream) deadline.extend()
      yield piece
    }
  } catch (cause) {
    throw failure(cause, deadline, route)
  }
}

function tooLarge({ name, bodyMaxBytes }: GatewayRoute): DrawbridgeError {
  return new DrawbridgeError('GATEWAY_RESPONSE_TOO_LARGE', { route: name, limit: bodyMaxBytes })
}

function failure(cause: unknown, deadline: Deadline, { name, timeoutMs }: GatewayRoute): DrawbridgeError {
  if (deadline.isOver()) return new DrawbridgeError('GATEWAY_UPSTREAM_TIMED_OUT', { route: name, timeoutMs })
  return upstreamError(cause, name)
}
