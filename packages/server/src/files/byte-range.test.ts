import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRange } from './byte-range.ts'

const rows: readonly (readonly [string | undefined, number, unknown])[] = [
  [undefined, 10, 'whole'],
  ['bytes=0-3', 10, { first: 0, last: 3 }],
  ['bytes=4-', 10, { first: 4, last: 9 }],
  ['bytes=-3', 10, { first: 7, last: 9 }],
  ['bytes=-30', 10, { first: 0, last: 9 }],
  ['bytes=0-999999999999999', 10, { first: 0, last: 9 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=5-3', 10, 'whole'],
  ['bytes=-', 10, 'whole'],
  ['bytes=0-1,3-4', 10, 'whole'],
  [`bytes=${'0-1,'.repeat(3000)}0-1`, 10, 'whole'],
  ['bytes=1e1-2', 10, 'whole'],
  ['bytes=99999999999999999999-', 10, 'whole'],
  ['items=0-1', 10, 'whole'],
]
for (const [header, size, expected] of rows)
  test(`${String(header).slice(0, 40)} of ${size} bytes is ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(readRange(header, size), expected))
