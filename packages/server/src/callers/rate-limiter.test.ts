import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRateLimiter } from './rate-limiter.ts'

test('a caller has his number a minute, and is told how long to wait for more', () => {
  let time = 1_000_000
  const limiter = createRateLimiter({ perMinute: 2, now: () => time })
  limiter.take('a')
  time += 20_000
  limiter.take('a')
  assert.equal(
    limiter.isSpent(() => 'a'),
    true,
  )
  assert.throws(() => limiter.take('a'), { code: 'RATE_LIMITED', detail: { retryAfterSeconds: 40, limitPerMinute: 2 } })
  time += 40_000
  assert.equal(
    limiter.isSpent(() => 'a'),
    false,
  )
  limiter.take('a')
})

test('one caller’s requests are not counted against another', () => {
  const limiter = createRateLimiter({ perMinute: 1, now: () => 0 })
  limiter.take('a')
  limiter.take('b')
  assert.throws(() => limiter.take('a'), { code: 'RATE_LIMITED' })
})

test('a crowd of keys pushes out the oldest and takes no more memory', () => {
  const limiter = createRateLimiter({ perMinute: 1, maxKeys: 3, now: () => 0 })
  for (const key of ['a', 'b', 'c', 'd']) limiter.take(key)
  limiter.take('a')
  assert.throws(() => limiter.take('d'), { code: 'RATE_LIMITED' })
})

test('a clock that is set back does not lock a caller out', () => {
  let time = 1_000_000
  const limiter = createRateLimiter({ perMinute: 1, now: () => time })
  limiter.take('a')
  time -= 500_000
  limiter.take('a')
})

test('zero is no limit', () => {
  const limiter = createRateLimiter({ perMinute: 0, now: () => 0 })
  for (let i = 0; i < 1000; i++) limiter.take('a')
  assert.equal(
    limiter.isSpent(() => 'a'),
    false,
  )
})
