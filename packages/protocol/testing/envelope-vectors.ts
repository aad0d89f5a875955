import type { JsonEnvelope } from '../src/envelope/envelope.ts'
import type { KeyKind } from '../src/envelope/header.ts'
import type { SecretType } from '../src/envelope/secret-type.ts'
import type { SuiteNumber } from '../src/envelope/suite-table.ts'

/** `test/vectors/envelope.json`; bytes are hex unless the name ends in `Utf8`. */
export interface EnvelopeVectors {
  readonly keySchedule: readonly KeyScheduleVector[]
  readonly requests: readonly RequestVector[]
  readonly responses: readonly ResponseVector[]
  readonly chunked: readonly ChunkedVector[]
  readonly handshakes: readonly HandshakeVector[]
  readonly negative: readonly NegativeVector[]
}

/** A mini program's key and what is derived from it. */
export interface KeyScheduleVector {
  readonly id: string
  readonly suite: SuiteNumber
  readonly version: number
  readonly encryptKey: string
  readonly ivUtf8: string
  readonly appIdUtf8: string
  readonly subjectUtf8: string
  readonly prk: string
  readonly c2s: string
  readonly s2c: string
  readonly ridKey: string
}

/** A sealed request. */
export interface RequestVector {
  readonly id: string
  readonly suite: SuiteNumber
  readonly secretType: SecretType
  readonly keySchedule: string
  readonly fields: {
    readonly keyKind: number
    readonly keyId: string
    readonly ts: number
    readonly rid: string
    readonly seq: number
    readonly appIdUtf8: string
    readonly subjectUtf8: string
    readonly deviceUtf8: string
    readonly targetUtf8: string
  }
  readonly bodyUtf8: string
  readonly header: string
  readonly messageKey: string
  readonly bodyEncrypted: boolean
  readonly wire: string
  readonly json: JsonEnvelope
}

/** A sealed response. */
export interface ResponseVector {
  readonly id: string
  readonly request: string
  readonly fields: { readonly ts: number; readonly rnonce: string; readonly status: number }
  readonly bodyUtf8: string
  readonly header: string
  readonly messageKey: string
  readonly bodyEncrypted: boolean
  readonly wire: string
}

/** A body in chunks, sealed with the key of the mini program's version 10. */
export interface ChunkedVector {
  readonly id: string
  readonly suite: SuiteNumber
  readonly chunkSize: number
  readonly header: string
  readonly messageKey: string
  readonly body: string
  readonly chunks: readonly string[]
}

/** A handshake with the keys of both sides. */
export interface HandshakeVector {
  readonly id: string
  readonly group: number
  readonly suite: SuiteNumber
  readonly serverStaticPriv: string
  readonly serverStaticPub: string
  readonly clientEphPriv: string
  readonly clientEphPub: string
  readonly serverEphPriv: string
  readonly serverEphPub: string
  readonly deviceKeyPub?: string
  readonly sigInput?: string
  readonly sigDer?: string
  readonly psk?: string
  readonly clientHello: string
  readonly serverHello: string
  readonly dhES: string
  readonly dhEE: string
  readonly th: string
  readonly prk: string
  readonly c2s: string
  readonly s2c: string
  readonly ridKey: string
  readonly serverConfirm: string
}

/** Bytes that must not open. */
export interface NegativeVector {
  readonly id: string
  readonly suite: SuiteNumber
  readonly messageKey: string
  readonly header: string
  readonly wire: string
  readonly bodyEncrypted: boolean
  readonly clear?: string
}

/** By the number on the wire. */
export const keyKinds: Readonly<Record<number, KeyKind>> = { 1: 'mp', 2: 'session' }
