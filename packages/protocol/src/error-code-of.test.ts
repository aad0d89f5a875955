import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodeOf } from './error-code-of.ts'
import { errorTable } from './error-table.ts'
import type { ErrorCode } from './error-table.ts'

test('every number of uniCloud has a code, and every code is found by its number', () => {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)
  const documented = [
    ...range(10001, 10010),
    ...[20000, 20101, 20102, 50000, 60101, 60102, 60103, 60200, 60201, 60202],
    ...range(70001, 70010),
  ]
  for (const number of documented) assert.notEqual(errorCodeOf(number), undefined, String(number))
  for (const code of Object.keys(errorTable) as ErrorCode[]) assert.equal(errorCodeOf(errorTable[code].number), code)
  assert.equal(errorCodeOf(70004), 'ENVELOPE_REJECTED')
  assert.equal(errorCodeOf(1), undefined)
})
