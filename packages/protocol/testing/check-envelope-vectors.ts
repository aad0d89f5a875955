import { base64urlEncode } from '../src/bytes/base64url.ts'
import { concatBytes } from '../src/bytes/concat-bytes.ts'
import { hexDecode, hexEncode } from '../src/bytes/hex.ts'
import { utf8Decode, utf8Encode } from '../src/bytes/utf8.ts'
import { headEnd, toBinary, toJson } from '../src/envelope/envelope.ts'
import { createKeySchedule, deriveDirectionKeys, miniProgramSecret } from '../src/envelope/key-schedule.ts'
import { openRequest, openRequestStream, receiveRequest, receiveRequestHead } from '../src/envelope/open-request.ts'
import { openResponse } from '../src/envelope/open-response.ts'
import { sealRequest, sealRequestStream } from '../src/envelope/seal-request.ts'
import { sealResponse } from '../src/envelope/seal-response.ts'
import { readSealedError } from '../src/envelope/sealed-error.ts'
import { suiteTable } from '../src/envelope/suite-table.ts'
import { encodeClientHello, encodeServerHello, parseClientHello, parseServerHello } from '../src/handshake/hello.ts'
import {
  handshakeSignatureInput,
  serverConfirmation,
  sessionSecret,
  transcriptHash,
} from '../src/handshake/session-secret.ts'
import type { Envelope } from '../src/envelope/envelope.ts'
import type { KeySchedule } from '../src/envelope/key-schedule.ts'
import type { Primitives } from '../src/envelope/primitives.ts'
import type { SealedRequest } from '../src/envelope/seal-request.ts'
import { openPiece, WHOLE } from '../src/envelope/sealed-piece.ts'
import { keyKinds } from './envelope-vectors.ts'
import type {
  ChunkedVector,
  EnvelopeVectors,
  HandshakeVector,
  KeyScheduleVector,
  NegativeVector,
  RequestVector,
  ResponseVector,
} from './envelope-vectors.ts'

/** What the vectors showed. */
export interface VectorResult {
  readonly checks: number
  /** One line for each check that failed. */
  readonly faults: readonly string[]
}

interface Checker {
  readonly primitives: Primitives
  readonly schedules: Map<string, KeySchedule>
  readonly sent: Map<string, SealedRequest>
  same(name: string, actual: string | number | undefined, expected: string | number | undefined): void
}

/** Runs every vector through the primitives, in any engine: it needs nothing but the language. */
export function checkEnvelopeVectors(vectors: EnvelopeVectors, primitives: Primitives): VectorResult {
  const faults: string[] = []
  let checks = 0
  const checker: Checker = {
    primitives,
    schedules: new Map(),
    sent: new Map(),
    same(name, actual, expected) {
      checks++
      if (actual !== expected) faults.push(`${name}: ${actual} is not ${expected}`)
    },
  }
  for (const vector of vectors.keySchedule) checkKeySchedule(checker, vector)
  for (const vector of vectors.requests) checkRequest(checker, vector)
  for (const vector of vectors.responses) checkResponse(checker, vector)
  for (const vector of vectors.chunked) checkChunked(checker, vector)
  for (const vector of vectors.handshakes) checkHandshake(checker, vector)
  for (const vector of vectors.negative) checkNegative(checker, vector)
  return { checks, faults }
}

function checkKeySchedule({ primitives, schedules, same }: Checker, vector: KeyScheduleVector): void {
  const { id, suite, version } = vector
  const material = { encryptKey: bytes(vector.encryptKey), iv: utf8Encode(vector.ivUtf8) }
  const secret = miniProgramSecret(primitives, suite, material)
  same(`${id} prk`, hex(secret), vector.prk)
  const context = {
    suite,
    keyKind: 'mp',
    keyId: Uint8Array.of(0, 0, 0, version),
    appId: vector.appIdUtf8,
    subject: vector.subjectUtf8,
  } as const
  const keys = secret && deriveDirectionKeys(primitives, context, secret)
  same(`${id} c2s`, hex(keys?.c2s), vector.c2s)
  same(`${id} s2c`, hex(keys?.s2c), vector.s2c)
  same(`${id} rid`, hex(keys?.rid), vector.ridKey)
  const schedule = keys && createKeySchedule(primitives, context, keys)
  if (schedule) schedules.set(id, schedule)
}

function checkRequest({ schedules, sent, same }: Checker, vector: RequestVector): void {
  const { id, secretType, fields } = vector
  const schedule = schedules.get(vector.keySchedule)
  if (!schedule) return same(`${id} schedule`, 'missing', 'there')
  const rid = bytes(fields.rid)
  const { ts, seq, deviceUtf8: device, targetUtf8: target } = fields
  const sealed = sealRequest(schedule, { secretType, ts, rid, seq, device, target }, utf8Encode(vector.bodyUtf8))
  if (!sealed) return same(`${id} sealed`, 'nothing', 'something')
  sent.set(id, sealed)
  same(`${id} key`, hex(schedule.requestKey(rid, ts)), vector.messageKey)
  same(`${id} header`, hex(sealed.headerBytes), vector.header)
  same(`${id} wire`, hex(sealed.sealed), vector.wire)
  same(`${id} clear`, sealed.clear && utf8Decode(sealed.clear), vector.bodyEncrypted ? undefined : vector.bodyUtf8)
  const json = toJson(sealed)
  for (const field of ['usn', 'h', 'c', 'p'] as const) same(`${id} json ${field}`, json?.[field], vector.json[field])
  for (const wire of [toBinary(sealed), vector.json]) {
    const received = receiveRequest(wire)
    const opened = received && openRequest(schedule, received)
    same(`${id} opened`, opened && utf8Decode(opened.body), vector.bodyUtf8)
    same(`${id} keyKind`, opened?.header.keyKind, keyKinds[fields.keyKind])
    same(`${id} target`, opened?.header.target, target)
    same(`${id} subject`, opened?.header.subject, fields.subjectUtf8)
  }
}

function checkResponse({ schedules, sent, same }: Checker, vector: ResponseVector): void {
  const { id, fields } = vector
  const request = sent.get(vector.request)
  const schedule = schedules.get(`mp-v10-s${request?.header.suite}`)
  if (!request || !schedule) return same(`${id} request`, 'missing', 'there')
  const rnonce = bytes(fields.rnonce)
  const body = utf8Encode(vector.bodyUtf8)
  const sealed = sealResponse(schedule, request, { ts: fields.ts, rnonce, status: fields.status }, body)
  same(`${id} key`, hex(schedule.responseKey(request.header.rid, rnonce)), vector.messageKey)
  same(`${id} header`, hex(sealed?.headerBytes), vector.header)
  same(`${id} wire`, hex(sealed?.sealed), vector.wire)
  const envelope: Envelope = {
    headerBytes: bytes(vector.header),
    sealed: bytes(vector.wire),
    clear: vector.bodyEncrypted ? undefined : body,
  }
  for (const wire of [toBinary(envelope), toJson(envelope)]) {
    const opened = openResponse(schedule, request, wire)
    same(`${id} opened`, opened && utf8Decode(opened.body), vector.bodyUtf8)
    same(`${id} status`, opened?.header.status, fields.status)
    if (opened && fields.status !== 0) same(`${id} error`, readSealedError(opened.body)?.errCode, 70001)
  }
  for (const other of sent.values())
    if (other !== request && openResponse(schedule, other, toBinary(envelope)))
      same(`${id} for ${hex(other.header.rid)}`, 'opened', 'refused')
}

function checkChunked({ schedules, same }: Checker, vector: ChunkedVector): void {
  const { id, suite, chunkSize } = vector
  const schedule = schedules.get(`mp-v10-s${suite}`)
  const headerBytes = bytes(vector.header)
  const head = concatBytes(Uint8Array.of(headerBytes.length >> 8, headerBytes.length & 255), headerBytes)
  const received = receiveRequestHead(head)
  if (!schedule || !received) return same(`${id} head`, 'refused', 'read')
  same(`${id} head's end`, headEnd(head), head.length)
  const { header } = received
  same(`${id} key`, hex(schedule.requestKey(header.rid, header.ts)), vector.messageKey)
  const sizes = { chunkBytes: chunkSize }
  const body = bytes(vector.body)
  const stream = sealRequestStream(schedule, header, sizes)
  same(`${id} header`, hex(stream?.head), hex(head))
  const full = stream?.sealer.push(body) ?? []
  const last = stream?.sealer.end()
  const chunks = last ? [...full, last.bytes] : full
  same(`${id} chunks`, chunks.map(hex).join(' '), vector.chunks.join(' '))
  const opener = openRequestStream(schedule, received, sizes)
  const wire = bytes(vector.chunks.join(''))
  const opened: Uint8Array[] = []
  for (let at = 0; at < wire.length; at += 37) opened.push(...(opener?.push(wire.slice(at, at + 37)) ?? []))
  const end = opener?.end()
  same(`${id} opened`, end && hex(concatBytes(...opened, end.body)), vector.body)
  const whole = receiveRequest(concatBytes(head, wire))
  same(`${id} opened as a whole`, hex(whole && openRequest(schedule, whole, sizes)?.body), vector.body)
}

function checkHandshake({ primitives, same }: Checker, vector: HandshakeVector): void {
  const { id, suite } = vector
  const [clientHello, serverHello] = [bytes(vector.clientHello), bytes(vector.serverHello)]
  const [client, server] = [parseClientHello(clientHello), parseServerHello(serverHello)]
  if (!client || !server) return same(`${id} hellos`, 'refused', 'read')
  same(`${id} ClientHello`, hex(encodeClientHello(client)), vector.clientHello)
  same(`${id} ServerHello`, hex(encodeServerHello(server)), vector.serverHello)
  same(`${id} client's key`, hex(client.ephemeralKey), vector.clientEphPub)
  same(`${id} server's key`, hex(server.ephemeralKey), vector.serverEphPub)
  if (vector.sigInput !== undefined)
    same(`${id} signed`, hex(handshakeSignatureInput(primitives, clientHello)), vector.sigInput)
  const transcript = transcriptHash(primitives, { clientHello, signature: bytes(vector.sigDer ?? ''), serverHello })
  same(`${id} th`, hex(transcript), vector.th)
  const secret = sessionSecret(primitives, suite, transcript, {
    ephemeralStatic: bytes(vector.dhES),
    ephemeralEphemeral: bytes(vector.dhEE),
    ...(vector.psk !== undefined && { psk: bytes(vector.psk) }),
  })
  same(`${id} prk`, hex(secret), vector.prk)
  if (!secret) return
  const { appId, subject } = client
  const context = { suite, keyKind: 'session', keyId: server.sessionId, appId, subject } as const
  const keys = deriveDirectionKeys(primitives, context, secret)
  same(`${id} c2s`, hex(keys?.c2s), vector.c2s)
  same(`${id} s2c`, hex(keys?.s2c), vector.s2c)
  same(`${id} rid`, hex(keys?.rid), vector.ridKey)
  same(`${id} confirm`, hex(serverConfirmation(primitives, suite, { secret, transcript })), vector.serverConfirm)
}

function checkNegative({ primitives, schedules, sent, same }: Checker, vector: NegativeVector): void {
  const { id } = vector
  const envelope: Envelope = {
    headerBytes: bytes(vector.header),
    sealed: bytes(vector.wire),
    clear: vector.clear === undefined ? undefined : bytes(vector.clear),
  }
  // The vector's own key, past every check of the header: the cipher alone has to refuse.
  const aead = primitives.aeads[suiteTable[vector.suite].aead]
  const piece = { key: bytes(vector.messageKey), headerBytes: envelope.headerBytes, encrypted: vector.bodyEncrypted }
  same(`${id} cipher`, aead && hex(openPiece({ ...piece, aead }, WHOLE, envelope)), undefined)
  const json = {
    usn: 1,
    h: base64urlEncode(envelope.headerBytes),
    c: base64urlEncode(envelope.sealed),
    ...(envelope.clear && { p: utf8Decode(envelope.clear) }),
  }
  const received = [receiveRequest(toBinary(envelope)), receiveRequest(json)]
  for (const schedule of schedules.values()) {
    // Two are requests as they were sent, which their own key opens: one meets a wrong key, one comes as a response.
    const isUntouched = /-(otherkey|reflect)$/.test(id) && schedule.context.keyId[3] === 10
    for (const request of isUntouched ? [] : received)
      same(`${id} request`, request && openRequest(schedule, request) ? 'opened' : 'refused', 'refused')
    for (const request of id.endsWith('-res-other-request') ? [...sent.values()].slice(-1) : sent.values())
      if (openResponse(schedule, request, toBinary(envelope))) same(`${id} response`, 'opened', 'refused')
  }
}

function bytes(text: string): Uint8Array {
  return hexDecode(text) ?? new Uint8Array(0)
}

function hex(value: Uint8Array | undefined): string | undefined {
  return value && hexEncode(value)
}
