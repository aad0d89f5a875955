import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signRequest } from './sign-request.ts'

const parts = {
  method: 'POST',
  target: '/orders/1?a=%E8%8C%B6',
  body: Buffer.from('{"茶":1}'),
  headers: [
    ['x-drawbridge-timestamp', '1770000000000'],
    ['x-drawbridge-app-x', '2'],
    ['x-drawbridge-app', '__UNI__A'],
  ],
} as const

test('the signature is what other tools make of the same lines', () => {
  // printf 'POST\n/orders/1?a=%%E8%%8C%%B6\n%s\nx-drawbridge-app:__UNI__A\nx-drawbridge-app-x:2\nx-drawbridge-timestamp:1770000000000' \
  //   "$(printf '{"茶":1}' | sha256sum | cut -d' ' -f1)" | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
  assert.deepEqual(signRequest('0123456789abcdef0123456789abcdef', parts), [
    'x-drawbridge-signature',
    'v1=66935bfa3a044e9c53b0225392301521e4415ca79fdc824bf4ca80344c3e032f',
  ])
})

test('the order of the headers makes no difference, and everything else does', () => {
  const sign = (change: object) => signRequest('key', { ...parts, ...change })[1]
  const signed = sign({})
  assert.equal(sign({ headers: [...parts.headers].reverse() }), signed)
  for (const change of [{ method: 'PUT' }, { target: '/orders/1' }, { body: Buffer.from('{}') }, { headers: [] }])
    assert.notEqual(sign(change), signed)
  assert.notEqual(signRequest('other', parts)[1], signed)
})
