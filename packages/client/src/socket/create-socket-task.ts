import {
  SOCKET_PROTOCOL,
  closeBody,
  createSocketCipher,
  readCloseBody,
  utf8Decode,
  utf8Encode,
} from '@drawbridge/protocol'
import type { FrameKind, SocketCipher, SocketClose } from '@drawbridge/protocol'
import type { Report } from '../call-listener.ts'
import type { MakeCall } from '../call/client-call.ts'
import type { Posted } from '../call/posted.ts'
import { readAnswer, textOf } from '../call/read-answer.ts'
import { RESPONSE_REJECTED, clientError, parameterError } from '../client-error.ts'
import type { Host, HostSocket } from '../host.ts'
import { hostError, throwHostError } from '../uni-cloud-error.ts'
import type { UniCloudError } from '../uni-cloud-error.ts'
import { bytesOf } from '../uni/bytes-of.ts'
import { readRoute } from '../uni/call-route.ts'
import { createListeners } from '../uni/create-listeners.ts'
import { withCallbacks } from '../with-callbacks.ts'
import type { Callbacks } from '../with-callbacks.ts'

/** What `connectSocket` takes. `success` and `fail` are told whether the socket has been opened. */
export interface SocketRequest extends Callbacks<SocketOpened> {
  /** The route's path with its query, encoded as it has to be. */
  readonly url?: string
  /** Another name of `url`. */
  readonly path?: string
  /** More query. */
  readonly query?: Readonly<Record<string, unknown>> | string
  readonly header?: Readonly<Record<string, string>>
  /** What the backend is offered to choose from. */
  readonly protocols?: readonly string[]
  /** ms until it has to be open; 60 000 unless given. */
  readonly timeout?: number
}

/** What the backend said to the opening. */
export interface SocketOpened {
  readonly header: Readonly<Record<string, string>>
  /** Which of the protocols it chose; '' for none. */
  readonly protocol: string
  /** As the server's logs have it. */
  readonly requestId?: string
}

/** A WebSocket to a route of the gateway, each message sealed, with the names of uni's SocketTask. */
export interface SocketTask {
  /** As of a WebSocket: 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number
  /** In the order of the calls. `fail` is told where the socket is not open. */
  send(message: Callbacks<Done> & { readonly data: string | ArrayBuffer | Uint8Array }): void
  /** Code 1000, or one from 3000 to 4999; a reason of up to 123 bytes. */
  close(options?: Callbacks<Done> & Partial<SocketClose>): void
  onOpen(listener: (event: SocketOpened) => void): void
  /** A text, or an ArrayBuffer. */
  onMessage(listener: (event: { readonly data: string | ArrayBuffer }) => void): void
  /** It could not be opened, or what came is not authentic (10010); `onClose` is told next. */
  onError(listener: (error: UniCloudError) => void): void
  /** The code of who closed; 1006 where the connection was lost, or ended without saying so under seal. */
  onClose(listener: (event: SocketClose) => void): void
}

/** What an API of uni's answers. */
export interface Done {
  readonly errMsg: string
}

/** What a socket is made with. */
export interface SocketDeps {
  readonly host: Host
  readonly call: MakeCall
  readonly report: Report
  /** Where the server takes sockets. */
  readonly url: string
  /** Runs the opening between its interceptors, and tells `success` and `fail`. */
  readonly around: (open: (asked: SocketRequest) => Promise<SocketOpened>) => Promise<SocketOpened>
}

const TIMEOUT_MS = 60_000
/** How long a connection may take to end, once it was told to. */
const CLOSING_MS = 10_000
const LOST: SocketClose = { code: 1006, reason: '' }
const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** Opens a socket; the task is there at once. Messages go out and come in sealed, or not at all. */
export function createSocketTask({ host, call, report, url, around }: SocketDeps): SocketTask {
  const opens = createListeners<SocketOpened>(report)
  const messages = createListeners<{ readonly data: string | ArrayBuffer }>(report)
  const errors = createListeners<UniCloudError>(report)
  const closes = createListeners<SocketClose>(report)
  let readyState: number = CONNECTING
  let link: HostSocket | undefined
  let cipher: SocketCipher | undefined
  let end = LOST
  let opened: Partial<SocketOpened> = {}
  let stopTimer = (): void => undefined
  /** Ends the exchange under way. */
  let giveUp = stopTimer as (cause: unknown) => void

  const finish = (error?: UniCloudError): void => {
    stopTimer()
    if (readyState === CLOSED) return
    readyState = CLOSED
    giveUp(error ?? socketError('closed'))
    link?.close()
    if (error) errors.emit(error)
    closes.emit(end)
  }

  /** It is over after so many ms, unless something else comes first. */
  const limit = (ms: number, error?: UniCloudError): void => {
    stopTimer()
    stopTimer = host.startTimer(ms, () => finish(error))
  }

  /** Opens the socket on a connection of its own, and gives what the server says to that. */
  const exchange = async (wire: Uint8Array): Promise<Posted> => {
    link?.close()
    if (readyState === CLOSED) throw socketError('closed')
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      let isFirst = true
      giveUp = reject
      const own: HostSocket = (link = host.connect(url, SOCKET_PROTOCOL, {
        open: () => void own.send(wire).catch(reject),
        message(data) {
          if (isFirst) resolve(typeof data === 'string' ? utf8Encode(data) : data)
          else whenOpened(() => receive(data))
          isFirst = false
        },
        gone(cause) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what it is, its reader finds out
          reject(cause)
          whenOpened(() => link === own && finish())
        },
      }))
    })
    const body = await answer.catch(throwHostError)
    return { status: 0, body, requestId: textOf(readAnswer(body)['requestId']) }
  }

  const open = async ({
    url,
    path,
    query,
    header = {},
    protocols,
    timeout = TIMEOUT_MS,
  }: SocketRequest): Promise<SocketOpened> => {
    limit(timeout, socketError('timeout'))
    const { target, query: asked } = readRoute('GET', url ?? path, query)
    const data = { header, protocols, query: asked }
    const { result, opening } = await call({ name: target, target, data, secretType: 'both', exchange })
    if (!opening) throw clientError(RESPONSE_REJECTED)
    cipher = createSocketCipher(opening.schedule, 'client', opening.message)
    return (opened = Object.assign({ errMsg: 'connectSocket:ok' }, result as SocketOpened))
  }

  const ready = around(open).then((event) => {
    if (readyState === CLOSED) return
    stopTimer()
    readyState = OPEN
    opens.emit(event)
  }, finish)
  /** What came before the app was told of the opening waits for that. */
  const whenOpened = (run: () => unknown): void => void ready.then(run, run)

  const receive = (data: Uint8Array | string): void => {
    if (readyState !== OPEN) return
    const frame = typeof data === 'string' ? undefined : cipher?.open(data)
    const body = frame && (frame.kind === 'text' ? utf8Decode(frame.body) : frame.body)
    if (!frame || body === undefined) finish(clientError(RESPONSE_REJECTED, undefined, opened.requestId))
    else if (frame.kind === 'close') {
      end = readCloseBody(frame.body) ?? end
      finish()
    } else messages.emit({ data: typeof body === 'string' ? body : body.slice().buffer })
  }

  /** In the same turn, so that what is sent keeps its order. */
  const transmit = async (kind: FrameKind, body: Uint8Array): Promise<void> => {
    const frame = readyState === OPEN && cipher ? cipher.seal(kind, body) : undefined
    if (!frame || !link) throw hostError({ errMsg: 'sendSocketMessage:fail not connected' })
    const sent = link.send(frame).catch(throwHostError)
    // The server waits for this very frame, and would open none behind it.
    sent.catch(finish)
    await sent
  }

  const send = async (data: unknown): Promise<Done> => {
    const bytes = typeof data === 'string' ? utf8Encode(data) : bytesOf(data)
    if (!bytes) throw parameterError('data')
    await transmit(typeof data === 'string' ? 'text' : 'binary', bytes)
    return { errMsg: 'sendSocketMessage:ok' }
  }

  const close = async ({ code = 1000, reason = '' }: Partial<SocketClose>): Promise<Done> => {
    if (code !== 1000 && !(code >= 3000 && code < 5000)) throw parameterError('code')
    if (readyState < CLOSING) end = { code, reason }
    if (readyState === CONNECTING) finish()
    else if (readyState === OPEN) {
      const sent = transmit('close', closeBody(code, reason))
      readyState = CLOSING
      limit(CLOSING_MS)
      await sent
      link?.close()
    }
    return { errMsg: 'closeSocket:ok' }
  }

  /** uni's tasks give no promises: who is not told by callbacks learns of a failure by the events. */
  const tell = (callbacks: Callbacks<Done>, work: Promise<Done>): void =>
    void withCallbacks(callbacks, work, report).catch(() => undefined)

  return {
    get readyState() {
      return readyState
    },
    send: (message) => tell(message, send(message.data)),
    close: (options = {}) => tell(options, close(options)),
    onOpen: opens.on,
    onMessage: messages.on,
    onError: errors.on,
    onClose: closes.on,
  }
}

function socketError(why: string): UniCloudError {
  return hostError({ errMsg: `connectSocket:fail ${why}` })
}
