import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { SignJWT, jwtVerify } from 'jose'
import type { JsonObject } from '@drawbridge/runtime'
import { decodeToken } from './decode-token.ts'
import { encodeToken } from './encode-token.ts'

const key = createSecretKey('tokenSecret-demo', 'utf8')
const now = 1_700_000_000_000
const payload = { uid: 'u1', role: ['editor'], permission: [], iat: 1_700_000_000, exp: 1_700_003_600 }

const { uniIdToken } = JSON.parse(
  readFileSync(new URL('../../../../../test/vectors/unicloud.json', import.meta.url), 'utf8'),
) as { readonly uniIdToken: { readonly token: string; readonly tokenSecret: string } }

test('a token of uni-id-common opens, and is made again byte for byte from what it says', () => {
  const theirs = createSecretKey(uniIdToken.tokenSecret, 'utf8')
  const { uid, exp, claims } = decodeToken(uniIdToken.token, [theirs], now)
  assert.equal(uid, '60a1b2c3d4e5f60001234567')
  assert.equal(exp, 1_700_259_200)
  assert.equal(encodeToken(claims, theirs), uniIdToken.token)
})

test('jose accepts our tokens, and we accept those of jose', async () => {
  const { payload: read } = await jwtVerify(encodeToken(payload, key), key, {
    algorithms: ['HS256'],
    currentDate: new Date(now),
  })
  assert.deepEqual(read, payload)
  const theirs = await new SignJWT({ uid: 'u2' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(payload.iat)
    .setExpirationTime(payload.exp)
    .sign(key)
  assert.equal(decodeToken(theirs, [key], now).uid, 'u2')
})

test('whatever a payload holds, the stock client can decode it with the plain alphabet of base64', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (own) => {
      const made = { ...(own as JsonObject), uid: 'u1', iat: 1, exp: 1_700_003_600 }
      const body = encodeToken(made, key).split('.')[1] ?? ''
      assert.match(body, /^[A-Za-z0-9]+$/)
      assert.deepEqual(JSON.parse(atob(body)), JSON.parse(JSON.stringify(made)))
    }),
  )
  for (const text of ['???', '>>>', '~~~', '管理员', 'a?', 'ab>', '\u007f'.repeat(3), '👮']) {
    assert.match(encodeToken({ ...payload, role: [text] }, key).split('.')[1] ?? '', /^[A-Za-z0-9]+$/, text)
  }
})

const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const good = encodeToken(payload, key)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The last letter holds two bits that no byte has: with one of them turned the bytes are the same. */
const respelled = good.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(good.slice(-1)) ^ 1)
const [header = '', body = '', signature = ''] = good.split('.')

const forged: readonly (readonly [string, string])[] = [
  ['a payload that was changed', `${header}.${b64({ ...payload, role: ['admin'] })}.${signature}`],
  ['alg none without a signature', `${b64({ alg: 'none', typ: 'JWT' })}.${body}.`],
  ['alg none with the signature of another', `${b64({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`],
  ['a signature cut short', good.slice(0, -1)],
  ['a signature in another spelling', respelled],
  ['a signature with padding', `${good}=`],
  ['a fourth part', `${good}.x`],
  ['a blank behind', `${good} `],
  ['nothing', ''],
  ['a token of another secret', encodeToken(payload, createSecretKey('tokenSecret-other', 'utf8'))],
  ['a token that is too long', encodeToken({ ...payload, x: 'x'.repeat(10_000) }, key)],
  ['a token without uid', encodeToken({ iat: 1, exp: 1_700_003_600 }, key)],
  ['a token without end', encodeToken({ uid: 'u1', iat: 1 }, key)],
]
for (const [what, token] of forged) {
  test(`${what} is refused`, () => {
    assert.throws(() => decodeToken(token, [key], now), {
      code: 'LOGIN_REFUSED',
      detail: { errCode: 'uni-id-check-token-failed' },
    })
  })
}

test('a token that is signed well but names another algorithm is refused', async () => {
  const { createHmac } = await import('node:crypto')
  for (const head of [{ alg: 'none', typ: 'JWT' }, { alg: 'HS512', typ: 'JWT' }, { alg: 'HS256' }, {}]) {
    const signed = `${b64(head)}.${body}`
    const token = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
    assert.throws(() => decodeToken(token, [key], now), { detail: { errCode: 'uni-id-check-token-failed' } })
  }
})

test('a token that has ended says so, and one second earlier it is good', () => {
  assert.throws(() => decodeToken(good, [key], payload.exp * 1000), { detail: { errCode: 'uni-id-token-expired' } })
  assert.equal(decodeToken(good, [key], payload.exp * 1000 - 1000).uid, 'u1')
})

test('a token made with the secret of before opens as long as that secret is listed', () => {
  const next = createSecretKey('the-secret-after-it', 'utf8')
  assert.equal(decodeToken(good, [next, key], now).uid, 'u1')
  assert.throws(() => decodeToken(good, [next], now), { detail: { errCode: 'uni-id-check-token-failed' } })
})
