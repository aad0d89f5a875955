import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { nobleChacha20Poly1305 } from '@drawbridge/protocol/noble'
import { smallChacha20Poly1305 } from './small-chacha20-poly1305.ts'
import { smallPoly1305 } from './small-poly1305.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const zeros = (length: number): string => '00'.repeat(length)
const ones = (length: number): string => 'ff'.repeat(length)

test('the example of RFC 8439 comes out', () => {
  const key = Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at)
  const nonce = hex('07000000 4041424344454647')
  const aad = hex('50515253c0c1c2c3c4c5c6c7')
  const sunscreen =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
  const sealed = smallChacha20Poly1305.seal(key, nonce, Buffer.from(sunscreen), aad)
  assert.equal(Buffer.from(sealed.slice(0, 16)).toString('hex'), 'd31a8d34648e60db7b86afbc53ef7ec2')
  assert.equal(Buffer.from(sealed.slice(-16)).toString('hex'), '1ae10b594f09e26a7e902ecbd0600691')
})

/** RFC 8439, A.3, 7 to 11: where carries go wrong. */
const edges: readonly (readonly [r: string, s: string, text: string, tag: string])[] = [
  [`02${zeros(15)}`, zeros(16), ones(16), `03${zeros(15)}`],
  [`02${zeros(15)}`, ones(16), `02${zeros(15)}`, `03${zeros(15)}`],
  [`01${zeros(15)}`, zeros(16), `${ones(16)}f0${ones(15)}11${zeros(15)}`, `05${zeros(15)}`],
  [`01${zeros(15)}`, zeros(16), `${ones(16)}fb${'fe'.repeat(15)}${'01'.repeat(16)}`, zeros(16)],
  [`02${zeros(15)}`, zeros(16), `fd${ones(15)}`, `fa${ones(15)}`],
  [
    `01${zeros(7)}04${zeros(7)}`,
    zeros(16),
    `e33594d7505e43b9${zeros(8)}3394d7505e4379cd01${zeros(7)}${zeros(16)}01${zeros(15)}`,
    `14${zeros(7)}55${zeros(7)}`,
  ],
  [
    `01${zeros(7)}04${zeros(7)}`,
    zeros(16),
    `e33594d7505e43b9${zeros(8)}3394d7505e4379cd01${zeros(7)}${zeros(16)}`,
    `13${zeros(15)}`,
  ],
]

for (const [r, s, text, tag] of edges)
  test(`the tag of ${text.slice(0, 34)}… under ${r.slice(0, 18)}… is the RFC’s`, () => {
    assert.equal(Buffer.from(smallPoly1305(hex(r + s), hex(text))).toString('hex'), tag)
  })

test('every length gives what Node gives, with random bytes and with the most that limbs can hold', () => {
  for (let length = 0; length < 400; length++)
    for (const make of [randomBytes, (size: number) => Buffer.alloc(size, 255)]) {
      const [key, nonce, aad, text] = [make(32), make(12), make((length * 7) % 150), make(length)]
      const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
      cipher.setAAD(aad, { plaintextLength: length })
      const expected = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
      assert.deepEqual(Buffer.from(smallChacha20Poly1305.seal(key, nonce, text, aad)), expected)
      assert.deepEqual(Buffer.from(smallChacha20Poly1305.open(key, nonce, expected, aad) ?? []), text)
    }
})

test('long texts come out as the library has them', () => {
  const [key, nonce, aad, text] = [randomBytes(32), randomBytes(12), randomBytes(146), randomBytes(70_001)]
  const sealed = smallChacha20Poly1305.seal(key, nonce, text, aad)
  assert.deepEqual(sealed, nobleChacha20Poly1305.seal(key, nonce, text, aad))
})

test('one bit turned anywhere, or a cut, opens to nothing', () => {
  const [key, nonce, aad, text] = [randomBytes(32), randomBytes(12), randomBytes(20), randomBytes(40)]
  const sealed = smallChacha20Poly1305.seal(key, nonce, text, aad)
  const turn = (bytes: Uint8Array, bit: number): Uint8Array =>
    bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
  const { open } = smallChacha20Poly1305
  for (let bit = 0; bit < 8 * sealed.length; bit++) assert.equal(open(key, nonce, turn(sealed, bit), aad), undefined)
  for (let bit = 0; bit < 8 * aad.length; bit++) assert.equal(open(key, nonce, sealed, turn(aad, bit)), undefined)
  for (let bit = 0; bit < 8 * nonce.length; bit++) assert.equal(open(key, turn(nonce, bit), sealed, aad), undefined)
  for (let end = 0; end < sealed.length; end++) assert.equal(open(key, nonce, sealed.subarray(0, end), aad), undefined)
  assert.ok(open(key, nonce, sealed, aad))
})

test('what was given is left as it was', () => {
  const given = [randomBytes(32), randomBytes(12), randomBytes(33), randomBytes(7)] as const
  const before = given.map((bytes) => Buffer.from(bytes))
  const [key, nonce, text, aad] = given
  smallChacha20Poly1305.open(key, nonce, smallChacha20Poly1305.seal(key, nonce, text, aad), aad)
  assert.deepEqual(given, before)
})
