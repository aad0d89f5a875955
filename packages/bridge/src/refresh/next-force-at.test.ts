import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forcesLeft, forcesToday, nextForceAt } from './next-force-at.ts'

/** 2023-11-15 00:00 in Shanghai. */
const MIDNIGHT = Date.UTC(2023, 10, 14, 16)
const NOON = MIDNIGHT + 12 * 3_600_000

const forces = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => MIDNIGHT + i * 60_000)

test('two forced refreshes are thirty seconds apart, on whichever side of midnight', () => {
  assert.equal(nextForceAt([NOON], 'operator', NOON + 1_000), NOON + 30_000)
  assert.equal(nextForceAt([MIDNIGHT - 10_000], 'operator', MIDNIGHT + 1_000), MIDNIGHT + 20_000)
  assert.ok(nextForceAt([NOON], 'operator', NOON + 30_000) <= NOON + 30_000)
})

test('twenty a day, and the count starts anew at midnight in Shanghai', () => {
  assert.ok(nextForceAt(forces(19), 'operator', NOON) <= NOON)
  assert.equal(nextForceAt(forces(20), 'operator', NOON), MIDNIGHT + 86_400_000)
  assert.equal(forcesLeft(forces(20), NOON), 0)
  assert.equal(forcesLeft(forces(20), MIDNIGHT + 86_400_000), 20)
  assert.deepEqual(forcesToday([MIDNIGHT - 60_000], NOON), [])
})

test('reports of bad tokens leave five for an operator', () => {
  assert.equal(nextForceAt(forces(15), 'report', NOON), MIDNIGHT + 86_400_000)
  assert.ok(nextForceAt(forces(15), 'operator', NOON) <= NOON)
})
