import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdentifiers } from './identifiers.ts'
import { createRandom } from './random.ts'

test('one seed gives one sequence per label, whatever else was asked in between', () => {
  const [a, b] = [createRandom('seed'), createRandom('seed')]
  b.bytes('other', 8)
  assert.deepEqual(a.bytes('label', 8), b.bytes('label', 8))
  assert.deepEqual(a.bytes('label', 8), b.bytes('label', 8))
  assert.notDeepEqual(a.bytes('label', 8), createRandom('another').bytes('label', 8))
  assert.notDeepEqual(a.bytes('label', 8), a.bytes('label', 8))
  assert.deepEqual(a.derive('label', 8), a.derive('label', 8))
})

test('fractions lie between nothing and one', () => {
  const random = createRandom('seed')
  const fractions = Array.from({ length: 200 }, () => random.fraction('x'))
  assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1))
  assert.ok(Math.min(...fractions) < 0.1 && Math.max(...fractions) > 0.9)
})

test('identifiers have the shapes of real samples', () => {
  const make = createIdentifiers(createRandom('seed'))
  assert.match(make.accessToken('x', 512), /^[1-9][0-9]_[\w-]{509}$/)
  assert.match(make.ticket('x'), /^[\w-]{86}$/)
  assert.match(make.code('x'), /^[A-Za-z0-9]{32}$/)
  assert.match(make.phoneCode('x'), /^[0-9a-f]{64}$/)
  assert.match(make.secret('x'), /^[0-9a-f]{32}$/)
  assert.match(make.openid('x', 'y'), /^o[\w-]{27}$/)
  assert.match(make.unionid('x', 'y'), /^o[\w-]{27}$/)
  assert.match(make.qqOpenid('x', 'y'), /^[0-9A-F]{32}$/)
  assert.match(make.sessionKey('x', 'y'), /^[A-Za-z0-9+/]{22}==$/)
  assert.match(make.encryptIv('x', 'y'), /^[0-9a-f]{16}$/)
  assert.match(make.rid(0x66_1f_77_67 * 1000), /^661f7767-[0-9a-f]{8}-[0-9a-f]{8}$/)
  assert.equal(make.openid('x', 'y'), make.openid('x', 'y'))
  assert.notEqual(make.openid('x', 'y'), make.openid('z', 'y'))
})
