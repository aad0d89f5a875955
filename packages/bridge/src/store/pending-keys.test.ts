import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPendingKeys } from './pending-keys.ts'

test('a key that is not on the list any more is pending no more', () => {
  const pending = createPendingKeys()
  pending.add('gone')
  pending.add('stays')
  pending.listing()(['stays', 'new'], true)
  assert.deepEqual(
    ['gone', 'stays', 'new'].map((key) => pending.has(key)),
    [false, true, true],
  )
})

test('what becomes known while the list is read stays', () => {
  const pending = createPendingKeys()
  pending.add('before')
  const take = pending.listing()
  assert.equal(pending.has('before'), true)
  pending.add('meanwhile')
  take([], true)
  assert.deepEqual([pending.has('before'), pending.has('meanwhile')], [false, true])
})

test('a list that was cut takes nothing away', () => {
  const pending = createPendingKeys()
  pending.add('further down')
  pending.listing()(['first'], false)
  assert.equal(pending.has('further down'), true)
})

test('a key that this process is changing is pending until each of its changes has ended', () => {
  const pending = createPendingKeys()
  const [endOne, endOther] = [pending.expect('key'), pending.expect('key')]
  pending.listing()([], true)
  endOne()
  assert.equal(pending.has('key'), true)
  endOther()
  assert.equal(pending.has('key'), false)
})
