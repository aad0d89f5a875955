import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { storedKey } from './stored-key.ts'

test('keys of usual length are stored as they are', () => {
  const key = `uni-id:weixin-mp:wx0123456789abcdef:${'o'.repeat(28)}:user-access-token`
  assert.equal(storedKey(key), key)
  assert.equal(storedKey('k'.repeat(191)), 'k'.repeat(191))
})

test('no stored key is longer than every database can index, and no two keys meet in one', () => {
  const prefix = 'p'.repeat(150)
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 }), (one, other) => {
      for (const key of [prefix + one, one]) assert.ok(storedKey(key).length <= 191)
      if (one !== other) assert.notEqual(storedKey(prefix + one), storedKey(prefix + other))
    }),
  )
})

test('a key made to look like the short form of another does not meet it', () => {
  const victim = 'k'.repeat(300)
  assert.notEqual(storedKey(storedKey(victim)), storedKey(victim))
})
