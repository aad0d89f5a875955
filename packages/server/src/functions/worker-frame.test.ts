import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { workerFrame } from './worker-frame.ts'

describe('the head of a worker’s frame', () => {
  for (const head of [
    { t: 'ready' },
    { t: 'ready', faults: [{ name: 'a', file: '/a', line: 1, message: 'm' }] },
    { t: 'began', id: 1 },
    { t: 'done', id: 1, ok: true, leftover: true },
    { t: 'ask', id: 1, call: 1, service: 'call', method: 'm' },
    { t: 'log', call: 0, level: 'warn', text: '' },
    { t: 'began', id: 1, more: 'is passed over' },
  ])
    test(`may be ${JSON.stringify(head)}`, () => assert.equal(workerFrame(head), head))

  for (const head of [
    null,
    1,
    [],
    {},
    { t: 'start' },
    { t: '__proto__' },
    { t: 'constructor' },
    { t: ['done'], id: 1, ok: true },
    { t: 'began' },
    { t: 'began', id: '1' },
    { t: 'began', id: 1.5 },
    { t: 'began', id: -1 },
    { t: 'done', id: 1, ok: 'yes' },
    { t: 'ask', id: 1, call: 1, service: 'x'.repeat(201), method: 'm' },
    { t: 'log', call: 1, level: 'loud', text: '' },
    { t: 'log', call: 1, level: 'log', text: {} },
    { t: 'ready', faults: [{ name: 1 }] },
  ])
    test(`may not be ${JSON.stringify(head).slice(0, 60)}`, () =>
      assert.throws(() => workerFrame(head), { code: 'FUNCTION_FRAME_INVALID' }))
})
