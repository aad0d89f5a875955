import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReplayMemory } from './replay-memory.ts'

test('a nonce is new once for each key, until it may be forgotten', async () => {
  let time = 1_000_000_000
  const memory = createReplayMemory({ now: () => time })
  const until = time / 1000 + 60
  assert.equal(await memory.remember('a', 'nonce-1', until), true)
  assert.equal(await memory.remember('a', 'nonce-1', until), false)
  assert.equal(await memory.remember('b', 'nonce-1', until), true)
  time += 60_000
  assert.equal(await memory.remember('a', 'nonce-1', until), false)
  time += 1_000
  assert.equal(await memory.remember('a', 'nonce-1', until), true)
})

test('one key cannot fill the memory of another, and what is forgotten makes room', () => {
  let time = 1_000_000_000
  const memory = createReplayMemory({ now: () => time, maxPerKey: 2 })
  const until = time / 1000 + 60
  void memory.remember('a', 'nonce-1', until)
  void memory.remember('a', 'nonce-2', until + 10)
  assert.throws(() => memory.remember('a', 'nonce-3', until), { code: 'RATE_LIMITED' })
  assert.equal(memory.remember('b', 'nonce-3', until), true)
  time += 61_000
  assert.equal(memory.remember('a', 'nonce-3', until + 61), true)
  assert.throws(() => memory.remember('a', 'nonce-4', until + 61), { code: 'RATE_LIMITED' })
})
