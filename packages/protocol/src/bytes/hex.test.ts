import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hexDecode, hexEncode } from './hex.ts'

test('bytes become lower-case hex and come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(hexEncode(bytes), Buffer.from(bytes).toString('hex'))
      assert.deepEqual(hexDecode(hexEncode(bytes).toUpperCase()), bytes)
    }),
  )
})

test('what is no hex is refused', () => {
  for (const text of ['0', '0g', '0x', ' 00', '00\n']) assert.equal(hexDecode(text), undefined, JSON.stringify(text))
})
