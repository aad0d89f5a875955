import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReplayMemory } from './replay-memory.ts'

const START = 1_000_000_000

test('a nonce is new once for each key, for as long as it must be remembered, and is forgotten in the end', async () => {
  let time = START
  const memory = createReplayMemory({ now: () => time, keepSeconds: 120 })
  const remember = (keyId: string) => memory.remember(keyId, 'nonce-1', 0)
  assert.equal(await remember('a'), true)
  assert.equal(await remember('a'), false)
  assert.equal(await remember('b'), true)
  for (const seconds of [1, 119, 120]) {
    time = START + seconds * 1000
    assert.equal(await remember('a'), false, `after ${seconds} s`)
  }
  time = START + 360_000
  assert.equal(await remember('a'), true)
})

test('a nonce from the last moment of a generation is remembered through the next', async () => {
  let time = START
  const memory = createReplayMemory({ now: () => time, keepSeconds: 120 })
  await memory.remember('a', 'first', 0)
  time = START + 119_999
  await memory.remember('a', 'last', 0)
  time = START + 120_000
  assert.equal(await memory.remember('a', 'other', 0), true)
  time = START + 239_999
  assert.equal(await memory.remember('a', 'last', 0), false)
})

test('one key cannot fill the memory of another, and what is forgotten makes room', () => {
  let time = START
  const memory = createReplayMemory({ now: () => time, keepSeconds: 120, maxPerKey: 2 })
  const remember = (keyId: string, nonce: string) => memory.remember(keyId, nonce, 0)
  assert.equal(remember('a', 'nonce-1'), true)
  time += 20_000
  assert.equal(remember('a', 'nonce-2'), true)
  assert.throws(() => remember('a', 'nonce-3'), {
    code: 'RATE_LIMITED',
    detail: { retryAfterSeconds: 100, caller: 'key:a' },
  })
  assert.equal(remember('b', 'nonce-3'), true)
  time += 100_000
  assert.equal(remember('a', 'nonce-3'), true)
  assert.equal(remember('a', 'nonce-2'), false)
})
