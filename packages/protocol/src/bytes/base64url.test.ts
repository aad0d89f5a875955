import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeTextCodec } from '../node/node-text-codec.ts'
import { base64urlDecode, base64urlEncode } from './base64url.ts'
import { plainTextCodec } from './text-codec.ts'

test('bytes become the base64url that Buffer makes, and come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = base64urlEncode(bytes)
      assert.equal(text, Buffer.from(bytes).toString('base64url'))
      assert.deepEqual(base64urlDecode(text), bytes)
    }),
  )
  const long = Uint8Array.from({ length: 10_000 }, (_, at) => at)
  assert.deepEqual(base64urlDecode(base64urlEncode(long)), long)
})

const wrong: readonly (readonly [text: string, why: string])[] = [
  ['A', 'a length that no bytes have'],
  ['AB', 'bits left over'],
  ['AAB', 'bits left over'],
  ['AA==', 'padding'],
  ['AAA=', 'padding'],
  ['A+AA', 'the other alphabet'],
  ['A/AA', 'the other alphabet'],
  ['AA A', 'white space'],
  ['AAA\n', 'white space'],
  ['AAAé', 'a foreign character'],
  ['AAA\u0141', 'a foreign character whose low byte is a letter'],
]

for (const [name, codec] of [
  ["the package's codec", plainTextCodec],
  ["Node's codec", nodeTextCodec],
] as const) {
  test(`${name} refuses base64url that is not exactly right`, () => {
    for (const [text, why] of wrong) assert.equal(codec.base64urlDecode(text), undefined, `${text}: ${why}`)
  })
  test(`${name} refuses bytes that are no UTF-8 and keeps a byte order mark`, () => {
    assert.equal(codec.utf8Decode(Uint8Array.of(0xff)), undefined)
    assert.equal(codec.utf8Decode(codec.utf8Encode('\ufeffa')), '\ufeffa')
    assert.equal(codec.utf8Decode(new Uint8Array(0)), '')
  })
}

test('both codecs give the same answers', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
      assert.deepEqual(Uint8Array.from(nodeTextCodec.utf8Encode(text)), plainTextCodec.utf8Encode(text))
      assert.equal(nodeTextCodec.utf8Decode(bytes), plainTextCodec.utf8Decode(bytes))
      const encoded = nodeTextCodec.base64urlEncode(bytes)
      assert.equal(encoded, plainTextCodec.base64urlEncode(bytes))
      assert.deepEqual(Uint8Array.from(nodeTextCodec.base64urlDecode(encoded) ?? []), bytes)
    }),
  )
})
