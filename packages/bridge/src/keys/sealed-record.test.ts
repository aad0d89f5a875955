import assert from 'node:assert/strict'
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CredentialRecord } from '../store/record.ts'
import { dataKeyIdOf, openRecord, sealRecord } from './sealed-record.ts'

const dataKey = { id: '0123456789abcdef', key: createSecretKey(randomBytes(32)) }
const record: CredentialRecord = {
  value: { session_key: 'marker-of-a-secret' },
  revision: 3,
  obtainedAt: 1,
  expiresAt: null,
  source: 'pushed',
}

test('what was sealed opens to the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (key, value) => {
      const sealed = sealRecord(key, { ...record, value }, dataKey)
      assert.equal(dataKeyIdOf(sealed), dataKey.id)
      assert.equal(JSON.stringify(openRecord(key, sealed, dataKey)), JSON.stringify({ ...record, value }))
    }),
    { numRuns: 50 },
  )
})

test('nothing of a secret can be seen, and no two seals are alike', () => {
  const [one, other] = [sealRecord('key', record, dataKey), sealRecord('key', record, dataKey)]
  assert.equal(one.includes('marker'), false)
  assert.equal(one.equals(other), false)
})

test('a record moved under another key does not open', () => {
  const sealed = sealRecord('user-one', record, dataKey)
  assert.throws(() => openRecord('user-two', sealed, dataKey), { code: 'RECORD_UNREADABLE' })
})

test('no single changed bit goes unnoticed', () => {
  const sealed = sealRecord('key', record, dataKey)
  for (let index = 0; index < sealed.length; index += 1) {
    const altered = Buffer.from(sealed)
    altered.writeUInt8(altered.readUInt8(index) ^ (1 << (index % 8)), index)
    const id = dataKeyIdOf(altered)
    if (id !== undefined) assert.throws(() => openRecord('key', altered, dataKey), { code: 'RECORD_UNREADABLE' })
  }
})

test('nothing that is too short, or of another format, is taken for a sealed record', () => {
  const sealed = sealRecord('key', record, dataKey)
  assert.equal(dataKeyIdOf(Buffer.alloc(0)), undefined)
  assert.equal(dataKeyIdOf(sealed.subarray(0, 36)), undefined)
  assert.equal(dataKeyIdOf(Buffer.concat([Buffer.of(2), sealed.subarray(1)])), undefined)
})

test('a well sealed text that is no record does not open', () => {
  const head = Buffer.concat([Buffer.of(1), Buffer.from(dataKey.id, 'hex')])
  for (const text of [
    'null',
    '7',
    '{"value":1}',
    '{"value":null,"revision":"1"}',
    'not json',
    JSON.stringify({ ...record, source: 'x' }),
  ]) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce, { authTagLength: 16 })
    cipher.setAAD(Buffer.concat([head, Buffer.from('key')]))
    const sealed = Buffer.concat([head, nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    assert.throws(() => openRecord('key', sealed, dataKey), { code: 'RECORD_UNREADABLE' }, text)
  }
})
