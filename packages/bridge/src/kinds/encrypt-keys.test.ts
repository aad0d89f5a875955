import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encryptKeysOf, findKey, keysEndAt, mayExist, withListed, withoutVersion, withPushed } from './encrypt-keys.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000
const DAY = 86_400_000

const nothing = encryptKeysOf(undefined)
const listed = [
  { version: 10, encryptKey: 'k10', iv: 'i10', expireInSeconds: 3600 },
  { version: 9, encryptKey: 'k9', iv: 'i9', expireInSeconds: 0 },
  { version: 8, encryptKey: 'k8', iv: 'i8', expireInSeconds: 0 },
]
const known = withListed(nothing, listed, NOW)

test('every version of one answer is kept until its own end plus a day', () => {
  assert.deepEqual(findKey(known, 10, NOW)?.value, { encrypt_key: 'k10', iv: 'i10' })
  assert.deepEqual(findKey(known, 8, NOW)?.value, { encrypt_key: 'k8', iv: 'i8' })
  assert.equal(findKey(known, 10, NOW + HOUR + DAY - 1)?.version, 10)
  assert.equal(findKey(known, 10, NOW + HOUR + DAY), undefined)
  assert.equal(findKey(known, 8, NOW + DAY), undefined)
  assert.equal(keysEndAt(known), NOW + HOUR + DAY)
})

test('a version remembers when the platform made it, also where its answer leaves that to be worked out', () => {
  const made = NOW - 20 * HOUR
  const told = withListed(nothing, [{ version: 9, encryptKey: 'k', iv: 'i', expireInSeconds: 0, createdAt: made }], NOW)
  assert.equal(findKey(told, 9, NOW)?.createdAt, made)
  assert.equal(findKey(known, 10, NOW)?.createdAt, NOW)
  assert.equal(findKey(known, 9, NOW)?.createdAt, NOW - HOUR)
})

test('a version that the platform does not list, or that is far above its newest, cannot exist', () => {
  assert.equal(mayExist(known, 7, NOW), false)
  assert.equal(mayExist(known, 10, NOW + 2 * DAY), false)
  assert.equal(mayExist(known, 111, NOW), false)
  assert.equal(mayExist(known, 11, NOW), true)
})

test('unknown versions cost two calls a minute and no more', () => {
  const twice = withListed(known, listed, NOW + 1000)
  assert.equal(mayExist(twice, 11, NOW + 2000), false)
  assert.equal(mayExist(twice, 11, NOW + 60_000), true)
})

test('a version listed again takes its newer end, and older ones stay', () => {
  const later = withListed(known, [{ version: 11, encryptKey: 'k11', iv: 'i11', expireInSeconds: 3600 }], NOW + HOUR)
  assert.deepEqual(
    later.keys.map(({ version }) => version),
    [11, 10, 9, 8],
  )
  assert.equal(later.newest, 11)
})

test('a pushed version replaces its namesake and may never end', () => {
  const pushed = { version: 10, value: { encrypt_key: 'p', iv: 'i' }, endsAt: null, keepUntil: null }
  const after = withPushed(known, pushed, NOW)
  assert.deepEqual(findKey(after, 10, NOW + 100 * DAY), pushed)
  assert.equal(keysEndAt(after), null)
})

test('a removed version may be asked for again', () => {
  const after = withoutVersion(known, 10)
  assert.equal(findKey(after, 10, NOW), undefined)
  assert.equal(mayExist(after, 10, NOW), true)
})

test('a record of another shape counts as nothing known', () => {
  assert.deepEqual(encryptKeysOf({ keys: 'x' }), nothing)
  assert.deepEqual(encryptKeysOf(['x']), nothing)
  assert.deepEqual(encryptKeysOf(null), nothing)
})
