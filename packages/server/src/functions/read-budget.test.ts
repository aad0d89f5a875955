import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReadBudget } from './read-budget.ts'

function budget(): { readonly told: string[]; readonly own: ReturnType<typeof createReadBudget> } {
  const told: string[] = []
  return {
    told,
    own: createReadBudget({ pause: () => void told.push('pause'), resume: () => void told.push('resume') }),
  }
}

test('a worker that sends too much waits for the next refill', () => {
  const { told, own } = budget()
  assert.equal(own.spend(1000), 'left')
  assert.equal(own.spend(100 * 1024 * 1024), 'overdrawn')
  own.refill()
  assert.deepEqual(told, ['pause', 'resume'])
})

test('a worker that sends too many frames waits, however small they are', () => {
  const { told, own } = budget()
  for (let i = 0; i < 999; i += 1) own.count()
  assert.equal(own.spend(1), 'left')
  own.count()
  assert.equal(own.spend(1), 'overdrawn')
  assert.deepEqual(told, ['pause'])
})

test('a worker that is held is read again when it is released and has room', () => {
  const { told, own } = budget()
  own.hold()
  own.refill()
  assert.deepEqual(told, ['pause'])
  own.spend(100 * 1024 * 1024)
  own.release()
  assert.deepEqual(told, ['pause'])
  own.refill()
  assert.deepEqual(told, ['pause', 'resume'])
})
