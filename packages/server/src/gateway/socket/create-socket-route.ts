import { DrawbridgeError, SOCKET_PROTOCOL } from '@drawbridge/protocol'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import type { Answer } from '../../http/answer.ts'
import type { Arrival } from '../../http/arrival.ts'
import type { ClientRoute } from '../../http/route.ts'
import type { Upgrade } from '../../http/upgrade.ts'
import type { Visit } from '../../http/visit.ts'
import { createCallDoor } from '../../secure-network/v1/create-call-door.ts'
import type { CallDoor } from '../../secure-network/v1/create-call-door.ts'
import { sealDeps } from '../../secure-network/v1/seal-deps.ts'
import { senderOf } from '../../secure-network/v1/sender-of.ts'
import type { Space } from '../../spaces/space.ts'
import { createRoom } from './create-outlet.ts'
import { createTurnstile } from './create-turnstile.ts'
import type { Turnstile } from './create-turnstile.ts'
import { createWatch } from './create-watch.ts'
import { serveSocket } from './serve-socket.ts'
import type { SocketWire } from './serve-socket.ts'
import { socketLimits } from './socket-limits.ts'
import type { SocketLimits } from './socket-limits.ts'

/** What `/v1/socket` is made of. */
export interface SocketRouteDeps extends Omit<SocketWire, 'seal' | 'limits' | 'room' | 'watch'> {
  readonly spaces: readonly Space[]
  readonly random: (length: number) => Uint8Array
  /** Counts openings by address, with requests. */
  readonly limiter: RateLimiter
  /** `socketLimits` where it says nothing. */
  readonly limits?: Partial<SocketLimits>
}

/** Kind and tag of a frame, and as much again that lets a frame which is a little too large be refused under seal. */
const FRAME_MARGIN_BYTES = 4096

/**
 * `GET /v1/socket?space=…`, a WebSocket with the subprotocol `usn1`: sockets of the gateway's routes.
 *
 * The client's first message is an envelope in its binary form, secretType `both`, target `h:GET /path`, inside the same
 * JSON as for `/v1/call` with data `{query?, header?, protocols?}`. The answer is sealed: `{protocol, header, requestId}`,
 * or an error with `requestId`. What follows are frames (`createSocketCipher`), each a binary message; the end is a
 * sealed close. What is refused before it was opened is a text message `{errCode, errSubject, errMsg, requestId}`.
 */
export function createSocketRoute(deps: SocketRouteDeps): ClientRoute {
  const limits = { ...socketLimits, ...deps.limits }
  const { spaces, envelope, random, sleep, gateway } = deps
  const watch = createWatch(limits, sleep)
  const room = createRoom(limits.heldMaxBytes)
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: (gateway.socketBodyMaxBytes ?? 0) + FRAME_MARGIN_BYTES,
    handleProtocols: () => SOCKET_PROTOCOL,
  })
  // Refused by the library; the route answers in its own words.
  server.on('wsClientError', () => undefined)
  const entry: Entry = {
    wire: { ...deps, limits, watch, room, seal: sealDeps(envelope, random) },
    limiter: deps.limiter,
    door: createCallDoor(spaces),
    turnstile: createTurnstile(limits),
    accept({ request, socket, head }, requestId) {
      let accepted: WebSocket | undefined
      const name = (lines: string[]): void => void lines.push(`x-request-id: ${requestId}`)
      // All of it happens in this turn, so no other request is named so.
      server.on('headers', name)
      server.handleUpgrade(request, socket, head, (client) => (accepted = client))
      server.off('headers', name)
      return accepted
    },
  }
  return {
    access: 'client',
    face: 'call',
    operationId: 'callSocket',
    methods: ['GET'],
    path: '/v1/socket',
    bodyMaxBytes: 1,
    takesUpgrade: true,
    stop: () => {
      watch.stop()
    },
    serve: (arrival, visit) => enter(arrival, visit, entry),
  }
}

interface Entry {
  readonly wire: SocketWire
  readonly limiter: RateLimiter
  readonly door: CallDoor
  readonly turnstile: Turnstile
  /** Undefined: it is no WebSocket's request, and nothing was sent. */
  accept(upgrade: Upgrade, requestId: string): WebSocket | undefined
}

function enter({ headers, target, upgrade }: Arrival, visit: Visit, entry: Entry): Answer {
  const { wire, limiter, door, turnstile, accept } = entry
  limiter.take(visit.address)
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (!upgrade || !offered.includes(SOCKET_PROTOCOL))
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'request', reason: 'no WebSocket with subprotocol usn1' })
  const [, query = ''] = target.split('?', 2)
  const space = door.enter(new URLSearchParams(query).get('space'), headers.origin)
  const place = turnstile.enter(visit.address)
  const client = accept(upgrade, visit.requestId)
  if (!client) {
    place.leave()
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'request', reason: 'no request for a WebSocket' })
  }
  upgrade.release()
  client.once('close', () => {
    place.leave()
  })
  // Fails for nothing that a client does; and what it throws is noted and told.
  void serveSocket({ client, socket: upgrade.socket, place, space, sender: senderOf(headers, visit) }, wire)
  return { status: 101 }
}
