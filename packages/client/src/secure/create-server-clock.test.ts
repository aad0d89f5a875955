import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServerClock } from './create-server-clock.ts'

test('an answer made between sending and now leaves the clock as it is', () => {
  let at = 1000
  const clock = createServerClock(() => at)
  at = 3000
  for (const ts of [1000, 2000, 3000]) {
    clock.observe(ts, 1000)
    assert.equal(clock.now(), 3000)
  }
})

test('an answer made before the request was sent, or later than now, sets it', () => {
  for (const ts of [500, 5000]) {
    let at = 1000
    const clock = createServerClock(() => at)
    at = 3000
    clock.observe(ts, 1000)
    assert.equal(clock.now(), ts)
    at = 3010
    assert.equal(clock.now(), ts + 10)
  }
})

test('what the server says is the time is the time', () => {
  const clock = createServerClock(() => 1000)
  clock.adopt(600_000)
  clock.adopt(700_000)
  assert.equal(clock.now(), 700_000)
})
