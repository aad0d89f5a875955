import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWellFormed, utf8Encode } from '../bytes/utf8.ts'
import { closeBody, readCloseBody } from './close-body.ts'

test('a code and a reason come out as they went in', () => {
  for (const close of [
    { code: 1000, reason: '' },
    { code: 4403, reason: 'APP_NOT_ALLOWED' },
    { code: 3000, reason: '再见' },
  ])
    assert.deepEqual(readCloseBody(closeBody(close.code, close.reason)), close)
})

test('a reason that is too long is cut between two characters', () => {
  assert.equal(readCloseBody(closeBody(1000, '好'.repeat(50)))?.reason, '好'.repeat(41))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (reason) => {
      const read = readCloseBody(closeBody(1000, reason))?.reason
      assert.ok(read !== undefined && isWellFormed(read))
      assert.ok(utf8Encode(read).length <= 123 && (!isWellFormed(reason) || reason.startsWith(read)))
    }),
  )
})

test('a body that is no close is refused', () => {
  const long = new Uint8Array(126).fill(0x61)
  for (const body of [new Uint8Array(0), Uint8Array.of(3), Uint8Array.of(3, 232, 0xff), long])
    assert.equal(readCloseBody(body), undefined)
  assert.ok(readCloseBody(long.subarray(1)))
})
