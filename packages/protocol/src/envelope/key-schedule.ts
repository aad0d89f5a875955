import { concatBytes } from '../bytes/concat-bytes.ts'
import { createByteWriter } from '../bytes/byte-writer.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import type { KeyKind } from './header.ts'
import type { Aead, KeyedHash, Primitives } from './primitives.ts'
import { suiteTable } from './suite-table.ts'
import type { SuiteNumber, SuiteRow } from './suite-table.ts'

/** For whom and for what keys are derived; all of it goes into the derivation. */
export interface KeyContext {
  readonly suite: SuiteNumber
  readonly keyKind: KeyKind
  readonly keyId: Uint8Array
  readonly appId: string
  readonly subject: string
}

/** The keys from which those of messages come: client to server, server to client, request ids. 32 bytes each. */
export interface DirectionKeys {
  readonly c2s: Uint8Array
  readonly s2c: Uint8Array
  readonly rid: Uint8Array
}

/**
 * What seals and opens the messages of one key version or session. Making one costs four HMACs, a message one more:
 * make it once per key and keep it as long as the key may be used.
 */
export interface KeySchedule {
  readonly context: KeyContext
  readonly row: SuiteRow
  readonly aead: Aead
  requestKey(rid: Uint8Array, ts: number): Uint8Array
  responseKey(rid: Uint8Array, rnonce: Uint8Array): Uint8Array
  /** The keys of the frames behind an opening: what the client sends, and what the server sends. */
  socketKeys(rid: Uint8Array, rnonce: Uint8Array): { readonly c2s: Uint8Array; readonly s2c: Uint8Array }
  /**
   * A hedged request id: unique as long as the random bytes or the counter with the time are.
   * @param random 16 bytes or more from the host's generator
   * @param counter rises with every request of this schedule
   */
  requestId(random: Uint8Array, counter: number, ts: number, device: string): Uint8Array
}

/**
 * The secret of a mini program's user: HKDF-Extract of the platform's key (16 bytes) with its iv as salt (16 bytes).
 * `undefined` when the primitives lack the suite.
 */
export function miniProgramSecret(
  primitives: Primitives,
  suite: SuiteNumber,
  { encryptKey, iv }: { readonly encryptKey: Uint8Array; readonly iv: Uint8Array },
): Uint8Array | undefined {
  return primitives.hashes[suiteTable[suite].hash]?.hmac(concatBytes(label('USN1/mp'), iv))(encryptKey)
}

/** The keys of both directions from a secret; `undefined` when the primitives lack the suite, or a field is too long. */
export function deriveDirectionKeys(
  primitives: Primitives,
  context: KeyContext,
  secret: Uint8Array,
): DirectionKeys | undefined {
  const hash = primitives.hashes[suiteTable[context.suite].hash]
  const info = encodeContext(context)
  if (!hash || !info) return undefined
  const expand = hash.hmac(secret)
  const key = (name: string): Uint8Array => expand(concatBytes(label(name), info, FIRST_BLOCK))
  return { c2s: key('USN1 c2s'), s2c: key('USN1 s2c'), rid: key('USN1 rid') }
}

/** The schedule of a secret, or of keys that were derived before; `undefined` where `deriveDirectionKeys` is. */
export function createKeySchedule(
  primitives: Primitives,
  context: KeyContext,
  from: { readonly secret: Uint8Array } | DirectionKeys,
): KeySchedule | undefined {
  const row = suiteTable[context.suite]
  const aead = primitives.aeads[row.aead]
  const hash = primitives.hashes[row.hash]
  if (!aead || !hash) return undefined
  const keys = 'secret' in from ? deriveDirectionKeys(primitives, context, from.secret) : from
  return keys && schedule({ context, row, aead, hash, keys })
}

interface ScheduleParts {
  readonly context: KeyContext
  readonly row: SuiteRow
  readonly aead: Aead
  readonly hash: KeyedHash
  readonly keys: DirectionKeys
}

function schedule({ context, row, aead, hash, keys }: ScheduleParts): KeySchedule {
  const cut = (key: Uint8Array): Uint8Array => key.subarray(0, row.keyBytes)
  // Each side uses all three, but a stream or a refusal may use one: the costly start of an HMAC waits for its first use.
  const [c2s, s2c, rid] = [lazyHmac(hash, keys.c2s), lazyHmac(hash, keys.s2c), lazyHmac(hash, keys.rid)]
  return {
    context,
    row,
    aead,
    requestKey: (id, ts) => cut(c2s(concatBytes(MESSAGE, TO_SERVER, id, u64(ts), FIRST_BLOCK))),
    responseKey: (id, rnonce) => cut(s2c(concatBytes(MESSAGE, TO_CLIENT, id, rnonce, FIRST_BLOCK))),
    socketKeys: (id, rnonce) => ({
      c2s: cut(c2s(concatBytes(SOCKET, TO_SERVER, id, rnonce, FIRST_BLOCK))),
      s2c: cut(s2c(concatBytes(SOCKET, TO_CLIENT, id, rnonce, FIRST_BLOCK))),
    }),
    requestId: (random, counter, ts, device) =>
      rid(concatBytes(random, u64(counter), u64(ts), utf8Encode(device))).slice(0, 16),
  }
}

const MESSAGE = utf8Encode('USN1 msg')
const SOCKET = utf8Encode('USN1 soc')
const TO_SERVER = Uint8Array.of(1)
const TO_CLIENT = Uint8Array.of(2)
/** HKDF's block counter: 32 bytes at most are ever asked for, so it is always the first. */
const FIRST_BLOCK = Uint8Array.of(1)

function lazyHmac(hash: KeyedHash, key: Uint8Array): (message: Uint8Array) => Uint8Array {
  let keyed: ((message: Uint8Array) => Uint8Array) | undefined
  return (message) => (keyed ??= hash.hmac(key))(message)
}

/** A name, closed by a zero byte. */
function label(name: string): Uint8Array {
  return utf8Encode(`${name}\0`)
}

function encodeContext({ appId, subject, keyId, suite }: KeyContext): Uint8Array | undefined {
  const writer = createByteWriter(3 * 256 + 1)
  writer.lp8(appId)
  writer.lp8(subject)
  writer.lp8(keyId)
  writer.u8(suite)
  return writer.end()
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, value / 2 ** 32)
  view.setUint32(4, value)
  return bytes
}
