import { DrawbridgeError } from '@drawbridge/protocol'
import { WebSocket } from 'ws'
import type { Header } from '../client-headers.ts'
import { createDeadline } from '../create-deadline.ts'
import type { GatewayRoute } from '../gateway-config.ts'
import { responseHeaders } from '../response-headers.ts'
import type { ResponseHeader } from '../response-headers.ts'
import { upstreamError } from '../upstream-error.ts'

const HEADERS_MAX_BYTES = 16_384

/** A socket to be opened at the backend. */
export interface UpstreamRequest {
  readonly route: GatewayRoute
  /** Path and query. */
  readonly target: string
  readonly headers: readonly Header[]
  readonly protocols: readonly string[]
  /** Aborted when nobody wants it any more. */
  readonly gone: AbortSignal
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A socket that the backend opened. */
export interface Upstream {
  /** Paused: what the backend says waits for whoever listens. */
  readonly socket: WebSocket
  /** Which of the offered protocols the backend chose; '': none was offered. */
  readonly protocol: string
  readonly header: ResponseHeader
}

/**
 * Opens a socket at the backend; follows no redirect and tries nothing twice. Throws `GATEWAY_UPSTREAM_UNREACHABLE`,
 * `GATEWAY_UPSTREAM_TIMED_OUT`, `GATEWAY_SOCKET_DECLINED`, `GATEWAY_RESPONSE_INVALID`; `REQUEST_INVALID` when it was
 * `gone` before.
 */
export function connectUpstream({
  route,
  target,
  headers,
  protocols,
  gone,
  sleep,
}: UpstreamRequest): Promise<Upstream> {
  const { name, upstream, timeoutMs, bodyMaxBytes, responseHeaders: extra } = route
  const deadline = createDeadline(timeoutMs, sleep)
  const socket = new WebSocket(new URL(upstream).origin, [...protocols], {
    headers: Object.fromEntries(headers),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: bodyMaxBytes,
    maxHeaderSize: HEADERS_MAX_BYTES,
    finishRequest(request) {
      // As it was signed: in a URL it would be written another way here and there.
      request.path = target
      request.end()
    },
  })
  const give = (): void => {
    socket.terminate()
  }
  deadline.signal.addEventListener('abort', give)
  gone.addEventListener('abort', give)
  if (gone.aborted) give()
  const opening = new Promise<Upstream>((resolve, reject) => {
    let header: ResponseHeader = {}
    socket.on('upgrade', ({ headers: said }) => {
      header = responseHeaders(said, { extra, upstream })
    })
    socket.on('unexpected-response', (request, { statusCode: status = 0 }) => {
      reject(new DrawbridgeError('GATEWAY_SOCKET_DECLINED', { route: name, status }))
      request.destroy()
      socket.terminate()
    })
    // Stays: a socket whose failure nobody listens to would end the process.
    socket.on('error', (cause) => {
      if (deadline.isOver()) reject(new DrawbridgeError('GATEWAY_UPSTREAM_TIMED_OUT', { route: name, timeoutMs }))
      else reject(gone.aborted ? clientGone() : upstreamError(cause, name))
    })
    socket.on('open', () => {
      socket.pause()
      resolve({ socket, protocol: socket.protocol, header })
    })
  })
  return opening.finally(() => {
    deadline.signal.removeEventListener('abort', give)
    gone.removeEventListener('abort', give)
    deadline.end()
  })
}

/** No failure of the backend's: the client left, or went on before it was answered. */
function clientGone(): DrawbridgeError {
  return new DrawbridgeError('REQUEST_INVALID', { field: 'message', reason: 'not one message alone' })
}
