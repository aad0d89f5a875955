import { isUtf8 } from 'node:buffer'
import { closeBody, readCloseBody } from '@drawbridge/protocol'
import type { SocketCipher, SocketClose } from '@drawbridge/protocol'
import type { RawData, WebSocket } from 'ws'
import type { GatewaySocket } from '../create-gateway.ts'
import type { SocketEnd } from '../gateway-event.ts'
import { closeCode } from './close-code.ts'
import { createOutlet } from './create-outlet.ts'
import type { Room } from './create-outlet.ts'
import { createPulse } from './create-pulse.ts'
import { endSocket } from './end-socket.ts'
import type { SocketLimits } from './socket-limits.ts'

/** What a relay is made of. */
export interface RelayDeps {
  readonly client: WebSocket
  readonly backend: Omit<GatewaySocket, 'protocol' | 'header'>
  readonly cipher: SocketCipher
  readonly limits: SocketLimits
  readonly room: Room
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Called once, when the relay is over. */
  readonly onEnd: () => void
}

/** A socket that is open at both ends: sealed towards the client, in clear towards the backend. */
export interface Relay {
  /** Closes it at both ends: what was sent before is sent on, and the client is told under seal. */
  end(close: SocketClose): void
  /** Closes it where a side takes nothing of what waits for it. */
  look(): void
  /** Pings both sides; cuts off one that answers no more, while nothing waits for it. */
  beat(): void
}

/** Begins at once; the backend's socket is paused until then. */
export function createRelay(deps: RelayDeps): Relay {
  const { client, backend, cipher, limits, room, elapsed } = deps
  const upstream = backend.socket
  const { highWaterBytes, stuckMs } = limits
  const toBackend = createOutlet({ to: upstream, from: client, room, highWaterBytes, elapsed })
  const toClient = createOutlet({ to: client, from: upstream, room, highWaterBytes, elapsed })
  const pulses = [
    { pulse: createPulse(client, toClient.isBehind), onDead: cut },
    { pulse: createPulse(upstream, toBackend.isBehind), onDead: loseBackend },
  ]
  let isOver = false

  function finish(end: SocketEnd): boolean {
    if (isOver) return false
    isOver = true
    backend.ended(end)
    deps.onEnd()
    return true
  }

  /** The client ended it in a way that nobody vouches for, and so it ends for the backend: without a close. */
  function cut(): void {
    if (!finish({ closeCode: closeCode.abnormal, by: 'client' })) return
    upstream.terminate()
    endSocket(client, closeCode.refused, '', { ...limits, ...deps })
    client.resume()
  }

  function end(close: SocketClose, by: SocketEnd['by']): void {
    if (!finish({ closeCode: close.code, by })) return
    // Nothing of the backend's own codes and reasons is said in clear.
    const frame = by === 'client' ? undefined : cipher.seal('close', closeBody(close.code, close.reason))
    if (frame) client.send(frame)
    endSocket(client, closeCode.normal, '', { ...limits, ...deps })
    endSocket(upstream, close.code, close.reason, { ...limits, ...deps })
    // One that is paused would not hear the answer.
    client.resume()
    upstream.resume()
  }

  function loseBackend(): void {
    end({ code: closeCode.backendGone, reason: '' }, 'backend')
    upstream.terminate()
  }

  function fromClient(data: RawData, isBinary: boolean): void {
    if (isOver) return
    const frame = isBinary && data instanceof Buffer ? cipher.open(data) : undefined
    const close = frame?.kind === 'close' ? readCloseBody(frame.body) : undefined
    if (close) end(close, 'client')
    else if (!frame || frame.kind === 'close') cut()
    else if (frame.body.length > backend.bodyMaxBytes) end({ code: closeCode.tooLarge, reason: '' }, 'server')
    else if (frame.kind === 'text' && !isUtf8(frame.body)) end({ code: closeCode.notUtf8, reason: '' }, 'server')
    else if (!toBackend.send(frame.body, frame.kind === 'binary')) end(TRY_LATER, 'server')
  }

  function fromBackend(data: RawData, isBinary: boolean): void {
    if (isOver || !(data instanceof Buffer)) return
    const frame = cipher.seal(isBinary ? 'binary' : 'text', data)
    // The numbers of frames are used up: nothing can be said under seal any more.
    if (!frame) cut()
    else if (!toClient.send(frame, true)) end(TRY_LATER, 'server')
  }

  client.on('message', fromClient)
  client.on('close', cut)
  upstream.on('message', fromBackend)
  upstream.on('error', (error) => {
    if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      end({ code: closeCode.tooLarge, reason: '' }, 'server')
  })
  upstream.on('close', (code, reason) => {
    if (code === closeCode.abnormal) loseBackend()
    else end({ code, reason: reason.toString() }, 'backend')
  })
  upstream.resume()

  return {
    end(close) {
      end(close, 'server')
    },
    look() {
      if (Math.max(toBackend.waitingMs(), toClient.waitingMs()) >= stuckMs) end(TRY_LATER, 'server')
    },
    beat() {
      for (const { pulse, onDead } of pulses) if (!isOver && !pulse.beat()) onDead()
    },
  }
}

const TRY_LATER: SocketClose = { code: closeCode.tryLater, reason: '' }
