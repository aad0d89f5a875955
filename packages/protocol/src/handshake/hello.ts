import { createByteReader } from '../bytes/byte-reader.ts'
import { createByteWriter } from '../bytes/byte-writer.ts'
import type { SuiteNumber } from '../envelope/suite-table.ts'
import { suiteOf } from '../envelope/suite-table.ts'

/** Which curve: `p256` with raw 65-byte points (1 on the wire), `x25519` with 32 bytes (2). */
export type HandshakeGroup = 'p256' | 'x25519'

/** What a client opens a session with. */
export interface ClientHello {
  readonly group: HandshakeGroup
  readonly suite: SuiteNumber
  readonly appId: string
  /** The client's id in an app, `wxAppId:openid` in a mini program. */
  readonly subject: string
  readonly deviceId: string
  /** Which of the server's static keys the client means. */
  readonly serverKeyId: string
  readonly ephemeralKey: Uint8Array
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  /** The client's clock, in ms. */
  readonly ts: number
}

/** What the server answers. */
export interface ServerHello {
  readonly group: HandshakeGroup
  readonly suite: SuiteNumber
  /** 16 bytes: the `keyId` of the session's messages. */
  readonly sessionId: Uint8Array
  readonly ephemeralKey: Uint8Array
  readonly nonce: Uint8Array
  /** The server's clock, in ms. */
  readonly ts: number
  /** How long the session lives, in seconds. */
  readonly expiresInSeconds: number
}

/** The bytes of a ClientHello; `undefined` when a field does not fit. */
export function encodeClientHello(hello: ClientHello): Uint8Array | undefined {
  const { group, suite, ephemeralKey, nonce, ts } = hello
  const row = groups.find(([name]) => name === group)
  if (row?.[1] !== ephemeralKey.length || nonce.length !== NONCE_BYTES) return undefined
  const writer = createByteWriter(MAX_BYTES)
  writer.raw(CLIENT_MAGIC)
  writer.u8(groups.indexOf(row) + 1)
  writer.u8(suite)
  for (const field of [hello.appId, hello.subject, hello.deviceId, hello.serverKeyId]) writer.lp8(field)
  writer.lp8(ephemeralKey)
  writer.raw(nonce)
  writer.u64(ts)
  return writer.end()
}

/** Reads a ClientHello; `undefined` for anything that is not exactly one. Points are not checked to lie on the curve. */
export function parseClientHello(bytes: Uint8Array): ClientHello | undefined {
  const reader = createByteReader(bytes)
  if (!hasMagic(reader.raw(MAGIC_BYTES), CLIENT_MAGIC)) return undefined
  const [row, suite] = [groups[reader.u8() - 1], suiteOf(reader.u8())?.number]
  const [appId, subject, deviceId, serverKeyId] = [reader.text8(), reader.text8(), reader.text8(), reader.text8()]
  const [ephemeralKey, nonce, ts] = [reader.lp8(), reader.raw(NONCE_BYTES), reader.u64()]
  if (!reader.isWhole() || !row || !suite || !isKeyOf(row, ephemeralKey)) return undefined
  return { group: row[0], suite, appId, subject, deviceId, serverKeyId, ephemeralKey, nonce, ts }
}

/** The bytes of a ServerHello; `undefined` when a field does not fit. */
export function encodeServerHello(hello: ServerHello): Uint8Array | undefined {
  const { group, suite, sessionId, ephemeralKey, nonce, ts, expiresInSeconds } = hello
  const row = groups.find(([name]) => name === group)
  if (row?.[1] !== ephemeralKey.length || nonce.length !== NONCE_BYTES || sessionId.length !== SESSION_ID_BYTES)
    return undefined
  const writer = createByteWriter(MAX_BYTES)
  writer.raw(SERVER_MAGIC)
  writer.u8(groups.indexOf(row) + 1)
  writer.u8(suite)
  writer.lp8(sessionId)
  writer.lp8(ephemeralKey)
  writer.raw(nonce)
  writer.u64(ts)
  writer.u32(expiresInSeconds)
  return writer.end()
}

/** Reads a ServerHello; `undefined` for anything that is not exactly one. */
export function parseServerHello(bytes: Uint8Array): ServerHello | undefined {
  const reader = createByteReader(bytes)
  if (!hasMagic(reader.raw(MAGIC_BYTES), SERVER_MAGIC)) return undefined
  const [row, suite] = [groups[reader.u8() - 1], suiteOf(reader.u8())?.number]
  const [sessionId, ephemeralKey, nonce] = [reader.lp8(), reader.lp8(), reader.raw(NONCE_BYTES)]
  const [ts, expiresInSeconds] = [reader.u64(), reader.u32()]
  if (!reader.isWhole() || !row || !suite || !isKeyOf(row, ephemeralKey) || sessionId.length !== SESSION_ID_BYTES)
    return undefined
  return { group: row[0], suite, sessionId, ephemeralKey, nonce, ts, expiresInSeconds }
}

type GroupRow = readonly [group: HandshakeGroup, keyBytes: number]

/** By the number on the wire, from 1. */
const groups: readonly GroupRow[] = [
  ['p256', 65],
  ['x25519', 32],
]
const MAX_BYTES = 2048
const NONCE_BYTES = 16
const SESSION_ID_BYTES = 16
const MAGIC_BYTES = 5
const CLIENT_MAGIC = Uint8Array.of(0x55, 0x53, 0x4e, 0x31, 0x48) // "USN1H"
const SERVER_MAGIC = Uint8Array.of(0x55, 0x53, 0x4e, 0x31, 0x53) // "USN1S"

function hasMagic(bytes: Uint8Array, magic: Uint8Array): boolean {
  return bytes.length === magic.length && bytes.every((byte, at) => byte === magic[at])
}

/** Points come uncompressed: other encodings of one key would be other bytes in the transcript. */
function isKeyOf([group, keyBytes]: GroupRow, key: Uint8Array): boolean {
  return key.length === keyBytes && (group !== 'p256' || key[0] === 4)
}
