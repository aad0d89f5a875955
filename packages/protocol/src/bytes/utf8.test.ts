import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWellFormed, utf8Decode, utf8Encode } from './utf8.ts'

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })

test('a text becomes the bytes that TextEncoder makes of it, lone surrogates too', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyText), (text) => {
      assert.deepEqual(utf8Encode(text), new TextEncoder().encode(text))
      assert.equal(isWellFormed(text), text.isWellFormed())
    }),
  )
})

test('bytes become the text that a fatal TextDecoder makes of them, or are refused with it', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const strict = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  }
  const edges = [0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x8f, 0x90, 0x9f]
  const near = fc.array(fc.constantFrom(...edges), { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes))
  const whole = fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text))
  fc.assert(
    fc.property(fc.oneof(near, whole, fc.uint8Array({ maxLength: 6 })), (bytes) =>
      assert.equal(utf8Decode(bytes), strict(bytes)),
    ),
    { numRuns: 5000 },
  )
})

test('a long text comes back whole', () => {
  const text = '字节😀a'.repeat(5000)
  assert.equal(utf8Decode(utf8Encode(text)), text)
})
