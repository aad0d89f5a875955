import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createReplayMemory } from '../replay/create-replay-memory.ts'
import type { ReplayOutcome } from '../replay/replay-guard.ts'
import { createOneTime } from './one-time.ts'
import type { OneTimeMark } from './one-time.ts'

function opened() {
  let at = 0
  const elapsed = (): number => at
  const oneTime = createOneTime({ replay: createReplayMemory({ elapsed, key: randomBytes(32), slots: 1024 }), elapsed })
  const mark: OneTimeMark = {
    subject: 'wx1:alice',
    keyVersion: 10,
    ciphertext: 'AAAAAAAAAAAAAAAAAAAAAA==',
    use: 'signature',
    call: 'pay {"amount":1}',
    address: '203.0.113.1',
    ts: 0,
  }
  return {
    pass: (ms: number) => void (at += ms),
    take: (change: Partial<OneTimeMark> = {}) => oneTime.take({ ...mark, ...change }),
  }
}

test('the same call is taken once', async () => {
  const { pass, take } = opened()
  assert.equal(await take(), 'fresh')
  for (const ms of [0, 500, 600, 100_000]) {
    pass(ms)
    assert.equal(await take(), 'seen')
  }
})

test('other calls with the same ciphertext are taken for a second, from the same address, in the same place', async () => {
  const { pass, take } = opened()
  await take()
  pass(999)
  assert.equal(await take({ call: 'pay {"amount":2}' }), 'fresh')
  assert.equal(await take({ call: 'pay {"amount":2}' }), 'seen')
  assert.equal(await take({ call: 'pay {"amount":3}', address: '203.0.113.2' }), 'seen')
  assert.equal(await take({ call: 'pay {"amount":3}', use: 'content' }), 'seen')
  pass(1)
  assert.equal(await take({ call: 'pay {"amount":3}' }), 'seen')
})

test('a memory that is full takes nothing, not even what has come together with another', async () => {
  const outcomes: ReplayOutcome[] = ['fresh', 'full']
  const oneTime = createOneTime({ replay: { take: () => outcomes.shift() ?? 'full' }, elapsed: () => 0 })
  const mark = { subject: 's', keyVersion: 1, ciphertext: 'AAAA', use: 'content', address: 'a', ts: 0 } as const
  assert.equal(await oneTime.take({ ...mark, call: 'one' }), 'fresh')
  assert.equal(await oneTime.take({ ...mark, call: 'two' }), 'full')
})

test('one ciphertext serves eight calls at most', async () => {
  const { take } = opened()
  const outcomes = []
  for (let n = 0; n < 10; n++) outcomes.push(await take({ call: String(n) }))
  assert.deepEqual(outcomes, [...Array<string>(8).fill('fresh'), 'seen', 'seen'])
})

test('another user’s, another version’s or another ciphertext is another one', async () => {
  const { take } = opened()
  await take()
  assert.equal(await take({ subject: 'wx1:bob' }), 'fresh')
  assert.equal(await take({ keyVersion: 11 }), 'fresh')
  assert.equal(await take({ ciphertext: 'BAAAAAAAAAAAAAAAAAAAAA==' }), 'fresh')
})
