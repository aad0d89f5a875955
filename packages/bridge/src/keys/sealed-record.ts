import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import { parseRecord } from '../store/parse-record.ts'
import type { CredentialRecord } from '../store/record.ts'

/** Layout: format (1 byte) · key id (8) · nonce (12) · ciphertext · tag (16). */
const FORMAT = 1
const KEY_ID_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + KEY_ID_BYTES

/** A data key: 16 hex characters name it. */
export interface DataKey {
  readonly id: string
  readonly key: KeyObject
}

/**
 * Seals a record with AES-256-GCM under a data key and a random nonce. The storage key and the head are the AAD,
 * so that a record is good only under its own name.
 */
export function sealRecord(storageKey: string, record: CredentialRecord, { id, key }: DataKey): Buffer {
  const head = Buffer.concat([Buffer.of(FORMAT), Buffer.from(id, 'hex')])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad(head, storageKey))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(record), 'utf8'), cipher.final()])
  return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()])
}

/** The id of the data key that a sealed record was made with; undefined when it is none. */
export function dataKeyIdOf(sealed: Buffer): string | undefined {
  if (sealed.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) return undefined
  return sealed.subarray(1, HEAD_BYTES).toString('hex')
}

/** Opens a sealed record. Throws `RECORD_UNREADABLE`: altered, of another name, or sealed with another key. */
export function openRecord(storageKey: string, sealed: Buffer, { key }: DataKey): CredentialRecord {
  const body = sealed.subarray(HEAD_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(aad(sealed.subarray(0, HEAD_BYTES), storageKey))
    decipher.setAuthTag(body.subarray(-TAG_BYTES))
    const text = Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    const record = parseRecord(JSON.parse(text.toString('utf8')))
    if (record !== undefined) return record
  } catch {
    // What was wrong with it is of no use to anyone, and what was read so far must not be shown.
  }
  throw new DrawbridgeError('RECORD_UNREADABLE', {})
}

function aad(head: Buffer, storageKey: string): Buffer {
  return Buffer.concat([head, Buffer.from(storageKey, 'utf8')])
}
