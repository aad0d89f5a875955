import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDueMoments } from './due-moments.ts'

const record = {
  value: { access_token: 'T' },
  revision: 1,
  obtainedAt: 0,
  expiresAt: 7_200_000,
  source: 'platform',
} as const

test('a refresh is due between the two distances before the end, and the moment stays', () => {
  const chances = [0.25, 0.75]
  const moments = createDueMoments(() => chances.shift() ?? 0)
  const at = moments.dueAt('k', record, [60_000, 270_000])
  assert.equal(at, 7_200_000 - (60_000 + 0.25 * 210_000))
  assert.equal(moments.dueAt('k', record, [60_000, 270_000]), at)
  assert.notEqual(moments.dueAt('k', { ...record, revision: 2 }, [60_000, 270_000]), at)
})

test('what never ends is never due', () => {
  const moments = createDueMoments(() => 0)
  assert.equal(moments.dueAt('k', { ...record, expiresAt: null }, [1, 2]), null)
})

test('a value that came back with little life left is not asked for again at once', () => {
  const moments = createDueMoments(() => 1)
  const early = { ...record, obtainedAt: 7_000_000 }
  assert.equal(moments.dueAt('k', early, [60_000, 270_000]), 7_030_000)
})
