import type { Socket } from 'node:net'
import { DrawbridgeError, createSocketCipher, receiveRequest } from '@drawbridge/protocol'
import type { WireError } from '@drawbridge/protocol'
import { nodeTextCodec } from '@drawbridge/protocol/node'
import type { WebSocket } from 'ws'
import type { AdmittedCall } from '../../secure-network/admitted-call.ts'
import type { Refusal } from '../../secure-network/refusal.ts'
import type { AuthenticRequest } from '../../secure-network/usn1/open-envelope.ts'
import type { SealDeps } from '../../secure-network/usn1/seal-reply.ts'
import { noteFailure } from '../../secure-network/v1/note-failure.ts'
import { noteRefusal } from '../../secure-network/v1/note-refusal.ts'
import { passEnvelope } from '../../secure-network/v1/pass-envelope.ts'
import type { PassEnvelopeDeps, SentEnvelope } from '../../secure-network/v1/pass-envelope.ts'
import { knownError, wireError } from '../../secure-network/wire-error.ts'
import type { Gateway, GatewaySocket } from '../create-gateway.ts'
import { OPENING_MAX_BYTES, awaitOpening } from './await-opening.ts'
import type { FirstMessage, Opening } from './await-opening.ts'
import { closeCode } from './close-code.ts'
import type { Room } from './create-outlet.ts'
import { createRelay } from './create-relay.ts'
import type { Place } from './create-turnstile.ts'
import type { Watch } from './create-watch.ts'
import { endSocket } from './end-socket.ts'
import { createMayStay } from './may-stay.ts'
import { sealAnswer } from './seal-answer.ts'
import type { SocketLimits } from './socket-limits.ts'
import { verdictReasons } from '../../secure-network/verdict-reasons.ts'

/** What sockets are served with. */
export interface SocketWire extends PassEnvelopeDeps {
  readonly gateway: Gateway
  readonly seal: SealDeps
  readonly limits: SocketLimits
  readonly room: Room
  readonly watch: Watch
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Who opens a socket, and where to. */
export interface SocketPassage extends Pick<SentEnvelope, 'space' | 'sender'> {
  readonly client: WebSocket
  /** The connection under it. */
  readonly socket: Socket
  /** What it takes up. */
  readonly place: Pick<Place, 'admit'>
}

/** Serves a WebSocket from its first message on: one sealed request opens it, then frames go both ways. */
export async function serveSocket(passage: SocketPassage, wire: SocketWire): Promise<void> {
  const { client, socket } = passage
  // What goes wrong below closes it, and that is heard.
  client.on('error', () => undefined)
  const opening = awaitOpening(client, socket, { ...wire.limits, ...wire })
  const leave = wire.watch.add({
    look: () => undefined,
    beat: () => undefined,
    stop() {
      endSocket(client, closeCode.goingAway, '', { ...wire.limits, ...wire })
    },
  })
  const first = await opening.first
  try {
    if (typeof first === 'object') await open(first.bytes, opening, passage, wire)
    else refuseFirst(first, passage, wire)
  } catch (error) {
    noteFailure(error, passage, wire.log)
    tellPlainly(error, passage, wire)
  } finally {
    leave()
  }
}

async function open(bytes: Buffer, { gone, end }: Opening, passage: SocketPassage, wire: SocketWire): Promise<void> {
  const limits = { bodyMaxBytes: OPENING_MAX_BYTES, streamMaxBytes: OPENING_MAX_BYTES }
  const received = receiveRequest(bytes, limits, nodeTextCodec)
  if (!received) {
    noteRefusal(NO_ENVELOPE, passage, wire)
    tellPlainly(new DrawbridgeError(NO_ENVELOPE.code), passage, wire)
    return
  }
  const passed = await passEnvelope({ ...passage, received }, wire)
  if ('refused' in passed) {
    tellPlainly(new DrawbridgeError(passed.refused.code), passage, wire)
    return
  }
  const { authentic } = passed
  const { requestId } = passage.sender
  const refuse = ({ error }: { readonly error: WireError }): void => {
    passage.client.send(sealAnswer(authentic, { ...error, requestId }, wire.seal))
    endSocket(passage.client, closeCode.refused, '', { ...wire.limits, ...wire })
  }
  if ('error' in passed) {
    refuse(passed)
    return
  }
  if (authentic.request.header.secretType !== 'both') {
    noteRefusal(TOO_OPEN, { ...passage, received, authentic }, wire)
    refuse({ error: wireError(new DrawbridgeError(TOO_OPEN.code)) })
    return
  }
  const backend = await connect(passed.admitted, gone, passage, wire)
  if ('error' in backend) refuse(backend)
  else if (gone.aborted) abandon(backend, passage)
  else {
    end()
    relay({ admitted: passed.admitted, authentic, backend }, passage, wire)
  }
}

const NO_ENVELOPE: Refusal = { code: 'ENVELOPE_REJECTED', reason: verdictReasons.noFirstMessage.reason }
const TOO_OPEN: Refusal = { code: 'ENVELOPE_REJECTED', reason: verdictReasons.openSocket.reason }

async function connect(
  admitted: AdmittedCall,
  gone: AbortSignal,
  passage: SocketPassage,
  { gateway, log }: SocketWire,
): Promise<GatewaySocket | { readonly error: WireError }> {
  try {
    passage.place.admit()
    return await gateway.connect(admitted, gone)
  } catch (error) {
    if (!gone.aborted) noteFailure(error, passage, log)
    return { error: wireError(error) }
  }
}

/** Nobody is there any more who could use it. */
function abandon(backend: GatewaySocket, { client }: SocketPassage): void {
  backend.socket.terminate()
  backend.ended({ closeCode: closeCode.abnormal, by: 'client' })
  client.terminate()
}

/** A socket that may be opened, and the backend's end of it. */
interface OpenedSocket {
  readonly admitted: AdmittedCall
  readonly authentic: AuthenticRequest
  readonly backend: GatewaySocket
}

function relay(opened: OpenedSocket, passage: SocketPassage, wire: SocketWire): void {
  const { admitted, authentic, backend } = opened
  const { client } = passage
  const { protocol, header, ...backendEnd } = backend
  // The frames' keys come from the nonce of the answer.
  const rnonce = wire.seal.random(16)
  const seal = { ...wire.seal, random: () => rnonce }
  client.send(sealAnswer(authentic, { protocol, header, requestId: passage.sender.requestId }, seal))
  const { schedule, request } = authentic
  const cipher = createSocketCipher(schedule, 'server', { rid: request.header.rid, rnonce })
  let leave = (): void => undefined
  const mayStay = createMayStay(admitted, request.header, wire)
  const running = createRelay({
    ...wire,
    client,
    backend: backendEnd,
    cipher,
    onEnd: () => {
      leave()
    },
  })

  const endIf = (refusal: Pick<Refusal, 'code'> | undefined): void => {
    if (refusal) running.end({ code: closeCode.notAllowed, reason: refusal.code })
  }
  const fail = (error: unknown): void => {
    noteFailure(error, passage, wire.log)
    endIf(knownError(error))
  }
  leave = wire.watch.add({
    look() {
      running.look()
      try {
        endIf(mayStay.byPolicy())
      } catch (error) {
        fail(error)
      }
    },
    beat() {
      running.beat()
      mayStay.byKey().then(endIf, fail)
    },
    stop() {
      running.end({ code: closeCode.goingAway, reason: '' })
    },
  })
}

function refuseFirst(first: Exclude<FirstMessage, object>, passage: SocketPassage, wire: SocketWire): void {
  if (first === 'gone') return
  if (first === 'text') noteRefusal(NO_ENVELOPE, passage, wire)
  const [code, error] = firstRefusals[first]
  tellPlainly(error(), passage, wire, code)
}

const firstRefusals = {
  text: [closeCode.refused, () => new DrawbridgeError('ENVELOPE_REJECTED')],
  late: [closeCode.refused, () => new DrawbridgeError('REQUEST_INVALID', { field: 'message', reason: 'too slow' })],
  'too large': [closeCode.tooLarge, () => new DrawbridgeError('BODY_TOO_LARGE', { maxBytes: OPENING_MAX_BYTES })],
} as const

/** In clear, for a client that has shown nothing, or with whom nothing can be sealed. */
function tellPlainly(
  error: unknown,
  { client, sender: { requestId } }: SocketPassage,
  wire: Pick<SocketWire, 'limits' | 'sleep'>,
  code: number = closeCode.refused,
): void {
  client.send(JSON.stringify({ ...wireError(error), requestId }))
  endSocket(client, code, '', { ...wire.limits, ...wire })
}
