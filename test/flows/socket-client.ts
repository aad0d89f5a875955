import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeBody, createSocketCipher, openResponse, readCloseBody, readSealedError } from '@drawbridge/protocol'
import type { FrameKind, SocketCipher, SocketClose, SocketFrame, WireError } from '@drawbridge/protocol'
import { TestWebSocket } from '@drawbridge/server/testing'
import type { SecureCall, SecureCallOptions } from './secure-call-client.ts'
import type { SecureWorld } from './secure-call-world.ts'

/** What came on a WebSocket: a message, or its end. */
export type RawMessage = { readonly data: Buffer; readonly isBinary: boolean } | { readonly closed: number }

/** A WebSocket, read message by message. */
export interface RawSocket {
  readonly socket: TestWebSocket
  /** The next message; `closed` with its code once there are no more. */
  next(): Promise<RawMessage>
}

/** How to reach a server. */
export interface Dialing {
  /** `http://…` or `https://…` */
  readonly endpoint: string
  readonly spaceId: string
  readonly origin?: string
  readonly protocols?: readonly string[]
  readonly path?: string
  /** The certificate of the server's own making. */
  readonly ca?: string
}

/** Opens a WebSocket to `/v1/socket`; where HTTP says no, that is its end: `closed` with the status. */
export function dial({ endpoint, spaceId, protocols = ['usn1'], origin, ca, path }: Dialing): RawSocket {
  const url = `${endpoint}${path ?? '/v1/socket'}?space=${spaceId}`
  const options = { ...(origin !== undefined && { origin }), ...(ca !== undefined && { ca }) }
  const socket = new TestWebSocket(url, [...protocols], options)
  const came: RawMessage[] = []
  let wake = (): void => undefined
  const add = (message: RawMessage): void => {
    came.push(message)
    wake()
  }
  let status: number | undefined
  socket.on('unexpected-response', (request, response) => {
    status = response.statusCode
    request.destroy()
    socket.terminate()
  })
  socket.on('error', () => undefined)
  socket.on('message', (data, isBinary) => {
    assert.ok(data instanceof Buffer)
    add({ data, isBinary })
  })
  socket.on('close', (code) => {
    add({ closed: status ?? code })
  })
  return {
    socket,
    async next() {
      while (came.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const [first] = came
      assert.ok(first)
      if (!('closed' in first)) came.shift()
      return first
    },
  }
}

/** Waits until it is open; false: it will not be. */
export async function isOpen({ socket }: RawSocket): Promise<boolean> {
  if (socket.readyState === socket.CONNECTING)
    await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => undefined)
  return socket.readyState === socket.OPEN
}

/** A socket that the server let in. */
export interface SealedSocket {
  readonly raw: RawSocket
  readonly cipher: SocketCipher
  readonly protocol: string
  readonly header: Readonly<Record<string, string>>
  say(data: string | Uint8Array): void
  /** The next frame, opened; its text where it is one. How it ended, once it did: `sealed` where the server vouches for it. */
  hear(): Promise<string | Buffer | SocketEnding>
  close(close: SocketClose): void
}

/** The end of a socket: WebSocket's own code, and the close that came under seal. */
export interface SocketEnding {
  readonly code: number
  readonly sealed?: SocketClose
}

/** What came instead of the answer: an error, under seal or not, and the code with which it closed. */
export interface SocketRefusal {
  readonly refusal: string
  readonly code: number
}

/** Opens a sealed socket as a good client does. */
export async function openSocket(
  world: SecureWorld,
  call: Partial<SecureCallOptions> & { readonly sealed?: SecureCall; readonly dialing?: Partial<Dialing> } = {},
): Promise<SealedSocket | SocketRefusal> {
  const { endpoint } = world.server
  const raw = dial({ endpoint, spaceId: world.spaceId, ...call.dialing })
  if (!(await isOpen(raw))) return { refusal: 'HTTP', code: closedCode(await raw.next()) }
  const sealed =
    call.sealed ?? world.client.seal({ target: 'h:GET /orders/live', key: call.key ?? (await world.key()), ...call })
  raw.socket.send(sealed.bytes)
  return answerOf(raw, sealed)
}

/** Reads what the server says to an opening. */
export async function answerOf(raw: RawSocket, { schedule, sent }: SecureCall): Promise<SealedSocket | SocketRefusal> {
  const answer = await raw.next()
  if ('closed' in answer) return { refusal: 'none', code: answer.closed }
  if (!answer.isBinary) {
    const { errCode } = JSON.parse(answer.data.toString()) as WireError
    return { refusal: `plain ${errCode}`, code: closedCode(await raw.next()) }
  }
  const opened = openResponse(schedule, sent, new Uint8Array(answer.data))
  assert.ok(opened, 'an answer that is not the server’s')
  if (opened.header.status !== 0) {
    const errCode = String(readSealedError(opened.body)?.errCode)
    return { refusal: `sealed ${errCode}`, code: closedCode(await raw.next()) }
  }
  const told = JSON.parse(Buffer.from(opened.body).toString()) as Pick<SealedSocket, 'protocol' | 'header'>
  return { ...told, ...conversation(raw, createSocketCipher(schedule, 'client', opened.header)) }
}

function conversation(raw: RawSocket, cipher: SocketCipher): Omit<SealedSocket, 'protocol' | 'header'> {
  let sealed: SocketClose | undefined
  const send = (kind: FrameKind, body: Uint8Array): void => {
    const frame = cipher.seal(kind, body)
    assert.ok(frame)
    raw.socket.send(frame)
  }
  return {
    raw,
    cipher,
    say(data) {
      send(typeof data === 'string' ? 'text' : 'binary', Buffer.from(data))
    },
    async hear() {
      for (;;) {
        const message = await raw.next()
        if ('closed' in message) return { code: message.closed, ...(sealed && { sealed }) }
        const frame: SocketFrame | undefined = cipher.open(message.data)
        assert.ok(frame, 'a frame that is not the server’s')
        if (frame.kind !== 'close')
          return frame.kind === 'text' ? Buffer.from(frame.body).toString() : Buffer.from(frame.body)
        sealed = readCloseBody(frame.body)
      }
    },
    close({ code, reason }) {
      send('close', closeBody(code, reason))
    },
  }
}

/** The socket, where it was let in; fails the test otherwise. */
export function opened(socket: SealedSocket | SocketRefusal): SealedSocket {
  if ('cipher' in socket) return socket
  return assert.fail(`refused: ${socket.refusal}, ${socket.code}`)
}

/** The refusal; fails the test otherwise. */
export function refused(socket: SealedSocket | SocketRefusal): string {
  assert.ok('refusal' in socket, 'it was let in')
  return `${socket.refusal}, ${socket.code}`
}

function closedCode(message: RawMessage): number {
  assert.ok('closed' in message, 'it goes on')
  return message.closed
}
