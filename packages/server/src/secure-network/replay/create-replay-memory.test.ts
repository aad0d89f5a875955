import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createReplayMemory } from './create-replay-memory.ts'
import type { ReplayOutcome } from './replay-guard.ts'

const keyId = Buffer.from([0, 0, 0, 10])
const rid = (n: number): Buffer => {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(n)
  return bytes
}

function memory(slots = 2 ** 12) {
  let at = 0
  const guard = createReplayMemory({ elapsed: () => at, key: randomBytes(32), slots })
  return {
    pass: (ms: number) => (at += ms),
    take(n: number, subject = 'wx:o1'): ReplayOutcome {
      const outcome = guard.take({ subject, keyId, rid: rid(n), ts: 0 })
      assert.ok(!(outcome instanceof Promise))
      return outcome
    },
  }
}

test('a message is taken once for three minutes at least, whenever it comes', () => {
  for (const before of [0, 1, 90_000, 179_999]) {
    const { pass, take } = memory()
    take(0)
    pass(before)
    assert.equal(take(1), 'fresh')
    pass(179_999)
    assert.equal(take(1), 'seen', `taken ${before} ms after the start`)
  }
})

test('what is older than two generations is forgotten, also after a long silence', () => {
  const { pass, take } = memory()
  assert.equal(take(1), 'fresh')
  pass(360_000)
  assert.equal(take(1), 'fresh')
  pass(10 * 360_000)
  assert.equal(take(1), 'fresh')
})

test('the same request id of another sender, or of another key, is another message', () => {
  const guard = createReplayMemory({ elapsed: () => 0, key: randomBytes(32), slots: 64 })
  assert.equal(guard.take({ subject: 'a', keyId, rid: rid(1), ts: 0 }), 'fresh')
  assert.equal(guard.take({ subject: 'b', keyId, rid: rid(1), ts: 0 }), 'fresh')
  assert.equal(guard.take({ subject: 'a', keyId: Buffer.from([0, 0, 0, 11]), rid: rid(1), ts: 0 }), 'fresh')
  assert.equal(guard.take({ subject: 'a', keyId, rid: rid(1), ts: 0 }), 'seen')
})

test('a full memory refuses new messages and forgets none of the old ones', () => {
  const { take } = memory(2 ** 8)
  const fitting = Math.floor(2 ** 8 * 0.7)
  for (let n = 0; n < fitting; n += 1) assert.equal(take(n, `wx:o${n}`), 'fresh')
  assert.equal(take(fitting, 'wx:new'), 'full')
  for (let n = 0; n < fitting; n += 1) assert.equal(take(n, `wx:o${n}`), 'seen')
})

test('one sender cannot take the memory from the others', () => {
  const { take } = memory(2 ** 12)
  const outcomes = Array.from({ length: 2000 }, (_, n) => take(n, 'wx:greedy'))
  assert.equal(outcomes.at(-1), 'full')
  assert.equal(take(1, 'wx:modest'), 'fresh')
})
