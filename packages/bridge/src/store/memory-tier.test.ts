import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryTier } from './memory-tier.ts'
import type { MemoryTier } from './memory-tier.ts'
import type { CredentialRecord } from './record.ts'

function setUp(entriesMost = 100): { memory: MemoryTier; advance(ms: number): void } {
  let at = 1_000_000
  const memory = createMemoryTier({ entriesMost, now: () => at, monotonic: () => at })
  return {
    memory,
    advance(ms) {
      at += ms
    },
  }
}

function record(revision: number, expiresAt: number | null = null): CredentialRecord {
  return { value: { revision }, revision, obtainedAt: 0, expiresAt, source: 'platform' }
}

test('what was kept is shown until it ends', () => {
  const { memory, advance } = setUp()
  memory.put('key', record(1, 1_000_500))
  assert.equal(memory.peek('key')?.revision, 1)
  advance(500)
  assert.equal(memory.peek('key'), undefined)
  assert.equal(memory.lastResort('key'), undefined)
  assert.equal(memory.floor('key'), 0)
})

test('after sixty seconds an entry is read again, and stays as a last resort', () => {
  const { memory, advance } = setUp()
  memory.put('key', record(1))
  advance(59_999)
  assert.equal(memory.peek('key')?.revision, 1)
  advance(1)
  assert.equal(memory.peek('key'), undefined)
  assert.equal(memory.lastResort('key')?.revision, 1)
})

test('a doubt takes the trust from every entry, and leaves it as a last resort', () => {
  const { memory } = setUp()
  memory.put('key', record(1))
  memory.doubt()
  assert.equal(memory.peek('key'), undefined)
  assert.equal(memory.lastResort('key')?.revision, 1)
})

test('what is known to have been replaced is no last resort, and nothing older is kept after it', () => {
  const { memory } = setUp()
  memory.put('key', record(5))
  memory.drop('key')
  assert.equal(memory.lastResort('key'), undefined)
  assert.equal(memory.floor('key'), 5)
  const fill = memory.fill('key')
  fill.keep(record(4))
  assert.equal(memory.peek('key'), undefined)
  fill.keep(record(6))
  assert.equal(memory.peek('key')?.revision, 6)
})

test('a change to what memory holds already drops nothing', () => {
  const { memory } = setUp()
  memory.put('key', record(5))
  memory.drop('key', 5)
  assert.equal(memory.peek('key')?.revision, 5)
  memory.drop('key', 6)
  assert.equal(memory.peek('key'), undefined)
})

test('a read that began before a change does not bring the old value back', () => {
  const { memory } = setUp()
  const fill = memory.fill('key')
  memory.drop('key')
  fill.keep(record(1))
  assert.equal(memory.peek('key'), undefined)
  fill.end()
})

test('a read that began before a change of which the revision is known keeps what is as new', () => {
  const { memory } = setUp()
  const fill = memory.fill('key')
  memory.drop('key', 3)
  fill.keep(record(2))
  assert.equal(memory.peek('key'), undefined)
  fill.keep(record(3))
  assert.equal(memory.peek('key')?.revision, 3)
})

test('a read that began before a doubt is not kept', () => {
  const { memory } = setUp()
  const fill = memory.fill('key')
  memory.doubt()
  fill.keep(record(1))
  assert.equal(memory.peek('key'), undefined)
})

test('a read that began before this process wrote does not replace what was written', () => {
  const { memory } = setUp(2)
  const fill = memory.fill('key')
  memory.put('key', record(5))
  // Even where what was written has been crowded out meanwhile.
  memory.put('other', record(1))
  memory.put('another', record(1))
  memory.put('one more', record(1))
  fill.keep(record(4))
  assert.notEqual(memory.peek('key')?.revision, 4)
})

test('memory is bounded, and what is used stays', () => {
  const { memory } = setUp(100)
  memory.put('used', record(1))
  for (let index = 0; index < 10_000; index += 1) {
    memory.put(`key ${index}`, record(1))
    memory.peek('used')
  }
  assert.equal(memory.peek('used')?.revision, 1)
  const kept = Array.from({ length: 10_000 }, (_, index) => memory.peek(`key ${index}`)).filter(Boolean)
  assert.ok(kept.length < 100, `${kept.length} kept`)
})
