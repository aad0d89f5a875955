import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacSha256 } from './hmac-sha256.ts'

test('it is HMAC-SHA-256 for every key and every message, bytes or text', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.string({ unit: 'binary', maxLength: 3000 })), {
        minLength: 1,
        maxLength: 4,
      }),
      (key, messages) => {
        const mac = hmacSha256(key)
        for (const message of messages) {
          // Lone surrogates become U+FFFD in both.
          assert.deepEqual(mac(message), createHmac('sha256', key).update(message).digest())
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a short message after a long one is not mixed with it', () => {
  const mac = hmacSha256(Buffer.from('key'))
  mac('x'.repeat(10_000))
  assert.deepEqual(mac('a'), createHmac('sha256', 'key').update('a').digest())
})

test('keys of one block, and one byte more, are used as RFC 2104 says', () => {
  for (const length of [0, 63, 64, 65, 128]) {
    const key = Buffer.alloc(length, 7)
    assert.deepEqual(hmacSha256(key)('message'), createHmac('sha256', key).update('message').digest(), String(length))
  }
})
