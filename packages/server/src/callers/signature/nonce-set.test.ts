import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNonceSet, noncePrint } from './nonce-set.ts'

test('it holds what was added and nothing else, as a Set does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 })), fc.array(fc.string({ maxLength: 12 })), (added, others) => {
      const nonces = createNonceSet()
      const expected = new Set<string>()
      for (const nonce of added) {
        nonces.add(noncePrint(nonce))
        expected.add(nonce)
      }
      assert.equal(nonces.size, expected.size)
      for (const nonce of [...added, ...others]) assert.equal(nonces.has(noncePrint(nonce)), expected.has(nonce))
    }),
  )
})

test('it finds all of a hundred thousand after growing, and none of a hundred thousand others', () => {
  const nonces = createNonceSet()
  for (let i = 0; i < 100_000; i++) nonces.add(noncePrint(`nonce-${i}`))
  assert.equal(nonces.size, 100_000)
  let found = 0
  let mistaken = 0
  for (let i = 0; i < 100_000; i++) {
    if (nonces.has(noncePrint(`nonce-${i}`))) found++
    if (nonces.has(noncePrint(`other-${i}`))) mistaken++
  }
  assert.deepEqual([found, mistaken], [100_000, 0])
})
