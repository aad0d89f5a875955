import { randomBytes } from 'node:crypto'
import {
  ERROR_STATUS,
  createKeySchedule,
  miniProgramSecret,
  openRequest,
  receiveRequest,
  sealResponse,
  sealedErrorBody,
  toBinary,
  utf8Decode,
  utf8Encode,
} from '@drawbridge/protocol'
import type { KeySchedule, OpenedRequest, SocketOpening, WireError } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createClient } from './create-client.ts'
import type { Client } from './create-client.ts'
import type { ClientOptions } from './client-options.ts'
import type { Host, HostAnswer, HostFiles, HostRequest, UserKey } from './host.ts'

/** A request that the peer opened, and what was in it. */
export interface PeerCall {
  readonly request: OpenedRequest
  readonly body: Readonly<Record<string, unknown>>
}

type Handler = (call: PeerCall) => unknown
type OnTheWay = (answer: HostAnswer, request: HostRequest) => HostAnswer | Promise<HostAnswer>

/** A phone and a server in one process, with everything that a test wants to turn. */
export interface Peer {
  readonly client: Client
  readonly host: Host
  /** What was sent, in order; a sealed body as bytes. */
  readonly sent: HostRequest[]
  readonly opened: PeerCall[]
  /** How often the phone was asked for each. */
  readonly asked: { logins: number; keys: number; randoms: number }
  /** What the server does with a call: gives a result, throws a `WireError`. */
  handler: Handler
  /** What happens to an answer between server and phone. */
  onTheWay: OnTheWay
  /** What the server answers in clear, instead of opening anything. */
  refusal: { readonly status: number; readonly error: object } | undefined
  /** ms since epoch, on either side. */
  phoneClock: number
  serverClock: number
  /** A new version; the phone is given it when it asks, the server has the last three. */
  rotate(): void
  /** The server forgets all versions but the newest. */
  forget(): void
  userKey: () => Promise<UserKey>
  random: (length: number) => Promise<Uint8Array>
  /** What the server answers to a sealed call, and by what it knows the call where it was opened. */
  receive(body: Uint8Array): Received
  /** What a sealed error is made of. */
  sealError: (error: WireError) => Uint8Array
  /** What another address than the server's answers. */
  elsewhere: (request: HostRequest) => HostAnswer
  files: HostFiles
  connect: Host['connect']
  /** Timers that run: by their ms what is to be called. */
  readonly timers: Map<number, () => void>
  readonly storage: Map<string, unknown>
  readonly ui: string[]
}

/** An answer, and what was opened for it. */
export interface Received {
  readonly answer: HostAnswer
  readonly opening?: SocketOpening & { readonly schedule: KeySchedule }
}

const T0 = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

/** Opens one. The client has the openid already, unless `bare`. */
export async function openPeer(
  options: Partial<ClientOptions> & { readonly bare?: boolean; readonly platform?: string } = {},
): Promise<Peer> {
  const { bare = false, platform = 'mp-weixin', ...clientOptions } = options
  let keys: readonly UserKey[] = []
  const parts = {
    sent: [],
    opened: [],
    asked: { logins: 0, keys: 0, randoms: 0 },
    handler: () => 'done',
    onTheWay: (answer) => answer,
    refusal: undefined,
    phoneClock: T0,
    serverClock: T0,
    storage: new Map(),
    ui: [],
    rotate() {
      const newest = keys[0]
      const key = { encryptKey: randomBytes(16).toString('base64'), iv: randomBytes(8).toString('hex') }
      keys = [{ ...key, version: (newest?.version ?? 0) + 1, expireTime: peer.phoneClock + HOUR }, ...keys].slice(0, 3)
    },
    forget: () => void (keys = keys.slice(0, 1)),
    userKey: () => Promise.resolve(keys[0] as UserKey),
    random: (length) => Promise.resolve(randomBytes(length)),
    receive: (body) => receive(peer, body, keys),
    sealError: sealedErrorBody,
    elsewhere: () => plain(404, {}),
    files: new Proxy({} as HostFiles, { get: (_, name) => () => Promise.reject(new Error(`no ${String(name)}`)) }),
    connect: () => {
      throw new Error('no sockets')
    },
    timers: new Map(),
  } satisfies Omit<Peer, 'client' | 'host'> as Omit<Peer, 'client' | 'host'>

  const host: Host = {
    platform,
    now: () => peer.phoneClock,
    random(length) {
      peer.asked.randoms += 1
      return peer.random(length)
    },
    async request(request) {
      peer.sent.push(request)
      return peer.onTheWay(answer(peer, request), request)
    },
    startTimer(ms, run) {
      peer.timers.set(ms, run)
      return () => void peer.timers.delete(ms)
    },
    get files() {
      return peer.files
    },
    connect: (...asked) => peer.connect(...asked),
    storage: { get: (name) => peer.storage.get(name), set: (name, value) => void peer.storage.set(name, value) },
    info: () => ({ osName: 'android', locale: 'zh-Hans' }),
    ...(platform === 'mp-weixin' && {
      weixin: {
        appId: () => 'wx1111111111111111',
        login: () => Promise.resolve(`code-${(peer.asked.logins += 1)}`),
        userKey() {
          peer.asked.keys += 1
          return peer.userKey()
        },
      },
    }),
    ui: {
      showLoading: ({ title }) => void peer.ui.push(`loading ${title}`),
      hideLoading: () => void peer.ui.push('hide'),
      toast: (text) => void peer.ui.push(`toast ${text}`),
      alert(text, retry) {
        peer.ui.push(`alert ${text}`)
        return Promise.resolve(retry && peer.ui.length < 6)
      },
    },
  }
  const place = { endpoint: 'https://api.example.com/', spaceId: 'space-1', appId: '__UNI__PEER' }
  const client = createClient(host, { ...place, ...clientOptions })
  const peer: Peer = Object.assign(parts, { host, client })
  peer.rotate()
  if (!bare && host.weixin) await client.initSecureNetworkByWeixin({ openid: 'o-1' })
  return peer
}

/** A plain or sealed error, thrown by a handler. */
export function wireError(errCode: number, more: object = {}): Error & WireError {
  return Object.assign(new Error('told'), { errCode, errSubject: 'uni-secure-network', errMsg: 'told', ...more })
}

function answer(peer: Peer, request: HostRequest): HostAnswer {
  const { refusal } = peer
  const { url, body = '' } = request
  if (!url.startsWith('https://api.example.com/')) return peer.elsewhere(request)
  if (refusal) return plain(refusal.status, refusal.error)
  if (typeof body === 'string')
    return plain(200, { result: peer.handler({ body: JSON.parse(body) as PeerCall['body'] } as PeerCall) })
  return peer.receive(body).answer
}

function receive(peer: Peer, body: Uint8Array, keys: readonly UserKey[]): Received {
  const refused = (status: number, errCode: number): Received => ({
    answer: plain(status, { errCode, errSubject: 'uni-secure-network', errMsg: 'no' }),
  })
  const received = receiveRequest(body)
  const version = received && new DataView(Uint8Array.from(received.header.keyId).buffer).getUint32(0)
  const key = keys.find((each) => each.version === version)
  if (!received || !key) return refused(401, 70009)
  const { header } = received
  const encryptKey = Buffer.from(key.encryptKey, 'base64')
  const secret = miniProgramSecret(nodePrimitives, header.suite, { encryptKey, iv: Buffer.from(key.iv) })
  const schedule = secret && createKeySchedule(nodePrimitives, header, { secret })
  const request = schedule && openRequest(schedule, received)
  if (!schedule || !request) return refused(403, 70004)
  const call = { request, body: JSON.parse(utf8Decode(request.body) ?? '') as Record<string, unknown> }
  peer.opened.push(call)
  const fields = { ts: peer.serverClock, rnonce: randomBytes(16) }
  const late = Math.abs(peer.serverClock - header.ts) > 60_000
  try {
    if (late) throw wireError(70001, { serverTime: peer.serverClock })
    const result = utf8Encode(JSON.stringify(peer.handler(call) ?? null))
    const opening = { schedule, rid: header.rid, rnonce: fields.rnonce }
    return { answer: sealedAnswer(sealResponse(schedule, request, fields, result)), opening }
  } catch (error) {
    const body = peer.sealError(error as WireError)
    return { answer: sealedAnswer(sealResponse(schedule, request, { ...fields, status: ERROR_STATUS }, body)) }
  }
}

function sealedAnswer(sealed: Parameters<typeof toBinary>[0] | undefined): HostAnswer {
  if (!sealed) throw new Error('the peer could not seal')
  return { status: 200, header: { 'X-Request-Id': 'r-1' }, body: toBinary(sealed) }
}

/** An answer in clear. */
export function plain(status: number, value: object): HostAnswer {
  return { status, header: { 'X-Request-Id': 'r-1' }, body: utf8Encode(JSON.stringify(value)) }
}
