import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTime } from './check-time.ts'

const NOW = 1_700_000_000_000
const now = (): number => NOW

test('a message is of now when it is at most two minutes old and one minute early', () => {
  for (const [offMs, isGood] of [
    [-120_001, false],
    [-120_000, true],
    [0, true],
    [60_000, true],
    [60_001, false],
  ] as const)
    assert.equal(checkTime(NOW + offMs, { now, bootedAt: undefined }) === undefined, isGood, String(offMs))
})

test('before the process began nothing is of now, unless the replay memory remembers that time', () => {
  assert.equal(checkTime(NOW - 1, { now, bootedAt: NOW })?.refused.code, 'CLIENT_TIME_SKEWED')
  assert.equal(checkTime(NOW, { now, bootedAt: NOW }), undefined)
  assert.equal(checkTime(NOW - 1, { now, bootedAt: undefined }), undefined)
})
