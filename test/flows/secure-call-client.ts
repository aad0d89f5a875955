import { randomBytes } from 'node:crypto'
import {
  ENVELOPE_CONTENT_TYPE,
  createKeySchedule,
  miniProgramSecret,
  openResponse,
  readSealedError,
  sealRequest,
  toBinary,
  toJson,
} from '@drawbridge/protocol'
import type { KeySchedule, SealedRequest, SecretType, SuiteNumber, WireError } from '@drawbridge/protocol'
import { nodePrimitives, nodeTextCodec } from '@drawbridge/protocol/node'

/** A user's key as the phone has it. */
export interface PhoneKey {
  readonly encryptKey: string
  readonly iv: string
  readonly version: number
}

/** Who calls, from where. */
export interface SecureClientOptions {
  readonly endpoint: string
  readonly spaceId: string
  readonly appId: string
  readonly wxAppid: string
  readonly openid: string
  readonly deviceId: string
}

/** One call; what is left out is as a good client has it. */
export interface SecureCallOptions {
  readonly target: string
  readonly key: PhoneKey
  readonly data?: unknown
  readonly secretType?: SecretType
  readonly suite?: SuiteNumber
  readonly form?: 'binary' | 'json'
  readonly ts?: number
  readonly rid?: Uint8Array
  readonly appId?: string
  readonly subject?: string
  readonly device?: string
  /** Beside or instead of what is inside. */
  readonly inside?: Readonly<Record<string, unknown>>
  readonly padded?: boolean
}

/** A call that was sealed: to be sent, sent again, or changed on its way. */
export interface SecureCall {
  readonly sent: SealedRequest
  readonly schedule: KeySchedule
  readonly contentType: string
  readonly bytes: Buffer
}

/** What came back: a result or an error under seal, or something in clear. */
export type SecureReply =
  | { readonly sealed: true; readonly result: unknown; readonly text: string }
  | { readonly sealed: true; readonly error: WireError }
  | { readonly sealed: false; readonly status: number; readonly error: WireError; readonly headers: Headers }

/** A client made of the protocol alone: seals with Node's cryptography, sends with fetch. */
export function createSecureClient(options: SecureClientOptions) {
  const { endpoint, spaceId, appId, wxAppid, openid, deviceId } = options

  function seal(call: SecureCallOptions): SecureCall {
    const { target, key, data = {}, secretType = 'both', suite = 2, form = 'binary', device = deviceId } = call
    const keyId = Buffer.alloc(4)
    keyId.writeUInt32BE(key.version)
    const secret = miniProgramSecret(nodePrimitives, suite, {
      encryptKey: Buffer.from(key.encryptKey, 'base64'),
      iv: Buffer.from(key.iv, 'utf8'),
    })
    const subject = call.subject ?? `${wxAppid}:${openid}`
    const context = { suite, keyKind: 'mp', keyId, appId: call.appId ?? appId, subject } as const
    const schedule = secret && createKeySchedule(nodePrimitives, context, { secret })
    if (!schedule) throw new Error('no schedule')
    const clientInfo = { appId: context.appId, deviceId: device, osName: 'android', uniPlatform: 'mp-weixin' }
    const inside = JSON.stringify({ spaceId, data, clientInfo, ...call.inside })
    const rid = call.rid ?? randomBytes(16)
    const fields = { secretType, ts: call.ts ?? Date.now(), rid, device, target, padded: call.padded ?? false }
    const sent = sealRequest(schedule, fields, nodeTextCodec.utf8Encode(inside))
    if (!sent) throw new Error('not sealed')
    return form === 'binary'
      ? { sent, schedule, contentType: ENVELOPE_CONTENT_TYPE, bytes: Buffer.from(toBinary(sent)) }
      : { sent, schedule, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(toJson(sent))) }
  }

  async function send(call: SecureCall, bytes: Buffer = call.bytes): Promise<SecureReply> {
    const response = await post(bytes, { 'content-type': call.contentType, 'x-drawbridge-space': spaceId })
    const type = response.headers.get('content-type')
    const body = new Uint8Array(await response.arrayBuffer())
    const wire: unknown = type === ENVELOPE_CONTENT_TYPE ? body : JSON.parse(Buffer.from(body).toString())
    const opened = openResponse(call.schedule, call.sent, wire)
    if (!opened) {
      return { sealed: false, status: response.status, error: wire as WireError, headers: response.headers }
    }
    const error = opened.header.status === 0 ? undefined : readSealedError(opened.body)
    if (error) return { sealed: true, error }
    const text = Buffer.from(opened.body).toString()
    return { sealed: true, result: JSON.parse(text) as unknown, text }
  }

  function post(body: Buffer, headers: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${endpoint}/v1/call`, { method: 'POST', headers, body: new Uint8Array(body) })
  }

  return {
    seal,
    send,
    post,
    call: (call: SecureCallOptions) => send(seal(call)),
    /** Without an envelope. */
    async plain(body: unknown): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
      const response = await post(Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json' })
      return { status: response.status, json: (await response.json()) as Record<string, unknown> }
    },
  }
}

/** A client. */
export type SecureClient = ReturnType<typeof createSecureClient>
