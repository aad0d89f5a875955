import { WebSocket } from 'ws'
import { callWithoutPromise } from '../api-call.ts'
import type { Callbacks, Ok } from '../api-call.ts'
import { WxError } from '../wx-error.ts'
import { checkDomain } from './check-domain.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { foldHeaders, requestHeaders } from './headers.ts'
import { networkError } from './network.ts'
import type { Network } from './network.ts'
import { refererOf } from './referer.ts'

/** What wx.connectSocket takes. */
export interface SocketOptions extends Callbacks<Ok> {
  readonly url: string
  readonly header?: Readonly<Record<string, unknown>>
  readonly protocols?: readonly string[]
  readonly perMessageDeflate?: boolean
  readonly tcpNoDelay?: boolean
  readonly timeout?: number
}

/** A WebSocket of the mini program. */
export interface SocketTask {
  send(options: Callbacks<Ok> & { readonly data: string | ArrayBuffer }): void
  close(options?: Callbacks<Ok> & { readonly code?: number; readonly reason?: string }): void
  onOpen(listener: (event: { readonly header: Readonly<Record<string, string>> }) => void): void
  onMessage(listener: (event: { readonly data: string | ArrayBuffer }) => void): void
  onError(listener: (event: { readonly errMsg: string; readonly errno?: number | undefined }) => void): void
  onClose(listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

interface SocketEvents {
  readonly open: Events<{ readonly header: Readonly<Record<string, string>> }>
  readonly message: Events<{ readonly data: string | ArrayBuffer }>
  readonly error: Events<{ readonly errMsg: string; readonly errno?: number | undefined }>
  readonly close: Events<{ readonly code: number; readonly reason: string }>
}

const TIMEOUT_MS = 60_000

/** wx.connectSocket: `success` says that the call was taken; whether it connects, the task's events tell. */
export function wxConnectSocket(network: Network, options: SocketOptions): SocketTask {
  const events: SocketEvents = {
    open: createEvents(),
    message: createEvents(),
    error: createEvents(),
    close: createEvents(),
  }
  const closing = new AbortController()
  const socket = prepared(network, options, closing.signal)
  // Whoever calls looks at its end a turn later than it may end.
  socket.catch(() => undefined)
  callWithoutPromise('connectSocket', options, async () => {
    const { connect } = await socket
    connect(events)
    return {}
  })

  return {
    send: (message) =>
      callWithoutPromise('sendSocketMessage', message, async () => {
        const { peer } = await socket.catch(() => ({ peer: undefined }))
        if (peer?.readyState !== WebSocket.OPEN) {
          throw new WxError('sendSocketMessage', 'WebSocket is not connected')
        }
        await sent(peer, message.data)
        return {}
      }),
    close: (close = {}) =>
      callWithoutPromise('closeSocket', close, async () => {
        const { peer } = await socket
        if (peer.readyState === WebSocket.CONNECTING) closing.abort()
        peer.close(close.code ?? 1000, close.reason)
        return {}
      }),
    onOpen: events.open.on,
    onMessage: events.message.on,
    onError: events.error.on,
    onClose: events.close.on,
  }
}

interface Prepared {
  readonly peer: WebSocket
  readonly connect: (events: SocketEvents) => void
}

async function prepared(network: Network, options: SocketOptions, closing: AbortSignal): Promise<Prepared> {
  const { place, slots, visibility } = network
  await new Promise(setImmediate)
  place.failIfAsked('connectSocket')
  if (!visibility.mayStart()) throw new WxError('connectSocket', 'interrupted', 600003)
  const url = checkDomain('connectSocket', options.url, {
    kind: 'socket',
    domains: place.app().domains,
    skip: place.platform.switches.get('skipDomainCheck', place.app()),
  })
  const giveBack = await slots.take('connectSocket', 'socket', closing)
  const peer = new WebSocket(network.connectTo(url), [...(options.protocols ?? [])], {
    headers: { ...requestHeaders(options.header ?? {}, refererOf(place)), host: url.host },
    perMessageDeflate: options.perMessageDeflate ?? false,
  })
  peer.binaryType = 'arraybuffer'
  const timer = new AbortController()
  void place.platform.clock.wait(options.timeout ?? TIMEOUT_MS, timer.signal).then(() => {
    if (!timer.signal.aborted) peer.terminate()
  })
  peer.once('open', () => timer.abort())
  peer.once('close', () => {
    timer.abort()
    giveBack()
  })
  // Without a listener of its own an error would end the process.
  peer.on('error', () => undefined)
  return { peer, connect: (events) => forward(network, peer, events) }
}

function forward({ place }: Network, peer: WebSocket, events: SocketEvents): void {
  const headerCase = place.platform.switches.get('responseHeaderCase', place.app())
  let rawHeaders: readonly string[] = []
  peer.on('upgrade', (response) => (rawHeaders = response.rawHeaders))
  peer.on('open', () => events.open.emit({ header: foldHeaders(rawHeaders, headerCase).header }))
  peer.on('message', (data, isBinary) =>
    events.message.emit({ data: isBinary ? (data as ArrayBuffer) : Buffer.from(data as ArrayBuffer).toString('utf8') }),
  )
  peer.on('error', (cause) => {
    const { errMsg, errno } = networkError('connectSocket', cause)
    events.error.emit({ errMsg, errno })
  })
  peer.on('close', (code, reason) => events.close.emit({ code, reason: reason.toString('utf8') }))
}

function sent(peer: WebSocket, data: string | ArrayBuffer): Promise<void> {
  return new Promise((resolve, reject) => {
    peer.send(data, (cause) => (cause instanceof Error ? reject(networkError('sendSocketMessage', cause)) : resolve()))
  })
}
