import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson, readText } from './read-json.ts'

test('whatever JSON can say within the depth reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      const text = JSON.stringify(value)
      if (/__proto__|constructor|prototype/.test(text)) return
      assert.deepEqual(readJson(readText(Buffer.from(text))), JSON.parse(text))
    }),
  )
})

test('a byte order mark is no part of the text', () => {
  assert.deepEqual(readJson(readText(Buffer.from('\ufeff{"a":1}'))), { a: 1 })
})

test('bytes that are no UTF-8 are refused: overlong, cut off, surrogates, Latin-1', () => {
  for (const bytes of [[0xc0, 0xaf], [0xe6, 0x96], [0xed, 0xa0, 0x80], [0xe9], [0xff], [0xf5, 0x80, 0x80, 0x80]]) {
    assert.throws(() => readText(Uint8Array.from([0x22, ...bytes, 0x22])), { code: 'BODY_NOT_JSON' })
  }
})

test('thirty-two levels are read and one more is not', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  assert.doesNotThrow(() => readJson(nested(32)))
  assert.throws(() => readJson(nested(33)), { code: 'REQUEST_INVALID' })
})

test('a refusal repeats nothing of the text', () => {
  assert.throws(
    () => readJson('{"session_key":"SECRETMARKER"'),
    (error: Error & { detail?: object }) =>
      !JSON.stringify([error.message, error.detail, error.cause, error.stack]).includes('SECRETMARKER'),
  )
})
