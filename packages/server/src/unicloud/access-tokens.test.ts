import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createAccessTokens } from './access-tokens.ts'

test('a token is admitted in its space until it expires, and in no other space', () => {
  let at = 1_700_000_000_000
  const tokens = createAccessTokens({ now: () => at, random: randomBytes })
  const { accessToken, expiresInSecond } = tokens.issue('one')
  assert.equal(expiresInSecond, 7200)
  assert.equal(tokens.admits('one', accessToken), true)
  assert.equal(tokens.admits('two', accessToken), false)
  at += 7_200_000 - 1
  assert.equal(tokens.admits('one', accessToken), true)
  at += 1
  assert.equal(tokens.admits('one', accessToken), false)
})

test('a token whose end, nonce or proof was changed is not admitted', () => {
  const tokens = createAccessTokens({ now: () => 1_700_000_000_000, random: randomBytes })
  const { accessToken } = tokens.issue('one')
  const [end = '', nonce = '', proof = ''] = accessToken.split('.')
  for (const changed of [
    `${Number(end) + 1}.${nonce}.${proof}`,
    `${end}.${nonce}x.${proof}`,
    `${end}.${nonce}.${proof.slice(1)}`,
    `${end}.${nonce}.`,
    `${end}.${nonce}`,
    `${accessToken}.`,
    `.${accessToken}`,
    `Infinity.${nonce}.${proof}`,
    '',
    '..',
  ])
    assert.equal(tokens.admits('one', changed), false, changed)
})

test('two tokens of one moment differ', () => {
  const tokens = createAccessTokens({ now: () => 1, random: randomBytes })
  assert.notEqual(tokens.issue('one').accessToken, tokens.issue('one').accessToken)
})

test('replicas with one key honour each other’s tokens; a process without one honours its own only', () => {
  const now = (): number => 1_700_000_000_000
  const key = randomBytes(32)
  const shared = () => createAccessTokens({ now, random: randomBytes, key })
  const own = () => createAccessTokens({ now, random: randomBytes })
  assert.equal(shared().admits('one', shared().issue('one').accessToken), true)
  assert.equal(own().admits('one', own().issue('one').accessToken), false)
})

test('a token has no character that the wire does not carry as it is', () => {
  const tokens = createAccessTokens({ now: Date.now, random: randomBytes })
  for (let count = 0; count < 50; count++) assert.match(tokens.issue('s').accessToken, /^[\w.-]{1,256}$/)
})
