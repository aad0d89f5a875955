import { concatBytes } from '../bytes/concat-bytes.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import type { Primitives } from '../envelope/primitives.ts'
import { suiteTable } from '../envelope/suite-table.ts'
import type { SuiteNumber } from '../envelope/suite-table.ts'

/** What a device's key signs: the domain, then SHA-256 of the ClientHello as sent. */
export function handshakeSignatureInput({ hashes }: Primitives, clientHello: Uint8Array): Uint8Array {
  return concatBytes(utf8Encode('USN1 handshake\0'), hashes.sha256.digest(clientHello))
}

/** The bytes that both sides exchanged; `signature` is empty where a platform's key stands for it. */
export interface Transcript {
  readonly clientHello: Uint8Array
  readonly signature: Uint8Array
  readonly serverHello: Uint8Array
}

/** SHA-256 over ClientHello ‖ LP16 signature ‖ ServerHello. */
export function transcriptHash(
  { hashes }: Primitives,
  { clientHello, signature, serverHello }: Transcript,
): Uint8Array {
  const length = Uint8Array.of(signature.length >> 8, signature.length & 0xff)
  return hashes.sha256.digest(concatBytes(clientHello, length, signature, serverHello))
}

/** What goes into a session's secret. */
export interface SharedSecrets {
  /** ECDH of the client's ephemeral and the server's static key: only the server of the pinned key has it. */
  readonly ephemeralStatic: Uint8Array
  /** ECDH of both ephemeral keys: forward secrecy. */
  readonly ephemeralEphemeral: Uint8Array
  /** The secret of a mini program's user, where there is no device key to sign with. */
  readonly psk?: Uint8Array
}

/**
 * The secret of a session, for `createKeySchedule` with `keyKind: 'session'` and the session's id; `undefined` when the
 * primitives lack the suite.
 */
export function sessionSecret(
  { hashes }: Primitives,
  suite: SuiteNumber,
  transcript: Uint8Array,
  { ephemeralStatic, ephemeralEphemeral, psk = new Uint8Array(0) }: SharedSecrets,
): Uint8Array | undefined {
  return hashes[suiteTable[suite].hash]?.hmac(transcript)(concatBytes(ephemeralStatic, ephemeralEphemeral, psk))
}

/** What the server proves itself with: an HMAC over the transcript; compare in constant time. */
export function serverConfirmation(
  { hashes }: Primitives,
  suite: SuiteNumber,
  { secret, transcript }: { readonly secret: Uint8Array; readonly transcript: Uint8Array },
): Uint8Array | undefined {
  const hash = hashes[suiteTable[suite].hash]
  if (!hash) return undefined
  const key = hash.hmac(secret)(concatBytes(utf8Encode('USN1 confirm'), Uint8Array.of(1)))
  return hash.hmac(key)(concatBytes(utf8Encode('server'), transcript))
}
