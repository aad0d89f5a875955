import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFunctionLog } from './create-function-log.ts'
import type { FunctionLog } from './function-log.ts'

function say(
  log: FunctionLog,
  text: string,
  change: { spaceId?: string; name?: string; requestId?: string } = {},
): void {
  log.append({ at: 1, spaceId: 's', name: 'f', requestId: 'r', level: 'log', text, ...change })
}
const texts = (log: FunctionLog, filter: Parameters<FunctionLog['read']>[0] = {}): readonly string[] =>
  log.read(filter).map(({ text }) => text)

describe('a function log', () => {
  test('keeps the last lines, in their order, however many come', () => {
    const log = createFunctionLog({ maxEntries: 3, maxBytes: 1e6 })
    for (let i = 1; i <= 20; i += 1) {
      say(log, `${i}`)
      assert.deepEqual(texts(log), [i - 2, i - 1, i].filter((n) => n > 0).map(String))
    }
    assert.deepEqual(
      log.read({}).map(({ seq }) => seq),
      [18, 19, 20],
    )
  })

  test('keeps no more than its bytes, and always the last line', () => {
    const log = createFunctionLog({ maxEntries: 100, maxBytes: 2000 })
    for (const letter of ['a', 'b', 'c']) say(log, letter.repeat(500))
    assert.deepEqual(texts(log), ['c'.repeat(500)])
    say(log, 'd'.repeat(5000))
    assert.deepEqual(texts(log), ['d'.repeat(5000)])
  })

  test('cuts long lines and says so', () => {
    const log = createFunctionLog()
    say(log, 'x'.repeat(10_000))
    const [text = ''] = texts(log)
    assert.ok(text.length < 8300)
    assert.match(text, /… \(1808 more characters\)$/)
  })

  test('is read by space, function, request, place and number', () => {
    const log = createFunctionLog({ maxEntries: 4, maxBytes: 1e6 })
    say(log, 'forgotten')
    say(log, '2', { spaceId: 'other' })
    say(log, '3', { name: 'g' })
    say(log, '4', { requestId: 'q' })
    say(log, '5')
    assert.deepEqual(texts(log, { spaceId: 'other' }), ['2'])
    assert.deepEqual(texts(log, { name: 'g' }), ['3'])
    assert.deepEqual(texts(log, { requestId: 'q' }), ['4'])
    assert.deepEqual(texts(log, { afterSeq: 3 }), ['4', '5'])
    assert.deepEqual(texts(log, { afterSeq: 0, limit: 2 }), ['2', '3'])
    assert.deepEqual(texts(log, { afterSeq: 5 }), [])
    assert.deepEqual(texts(log, { afterSeq: 99 }), [])
  })
})
