import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClock } from './clock.ts'

test('a stopped clock moves only when told', () => {
  let real = 5_000
  const clock = createClock({ at: 1_000, running: false }, () => real)
  real += 60_000
  assert.equal(clock.now(), 1_000)
  clock.advance(500)
  assert.equal(clock.now(), 1_500)
  clock.set(100)
  assert.equal(clock.now(), 100)
})

test('a running clock keeps pace with real time, from any moment', () => {
  let real = 5_000
  const clock = createClock({ at: 1_000 }, () => real)
  real += 250
  assert.equal(clock.now(), 1_250)
  clock.advance(1_000)
  real += 250
  assert.equal(clock.now(), 2_500)
  clock.stop()
  real += 250
  assert.equal(clock.now(), 2_500)
  clock.start()
  real += 250
  assert.equal(clock.now(), 2_750)
})

test('what waits goes on in the order of its moments, once the clock has passed them', async () => {
  const clock = createClock({ at: 0, running: false }, Date.now)
  const order: string[] = []
  const waits = [
    clock.wait(200).then(() => order.push('late')),
    clock.wait(100).then(() => order.push('early')),
    clock.wait(10_000, AbortSignal.abort()).then(() => order.push('aborted before')),
  ]
  const giveUp = new AbortController()
  const aborted = clock.wait(10_000, giveUp.signal)
  await waits[2]
  clock.advance(99)
  await new Promise(setImmediate)
  assert.deepEqual(order, ['aborted before'])
  clock.advance(200)
  await Promise.all(waits)
  assert.deepEqual(order, ['aborted before', 'early', 'late'])
  giveUp.abort()
  await aborted
})

test('a wait on a running clock ends by itself', async () => {
  const clock = createClock({}, Date.now)
  const keepAlive = setTimeout(() => undefined, 5_000)
  await clock.wait(5)
  clearTimeout(keepAlive)
})

test('a clock takes only finite milliseconds', () => {
  const clock = createClock({ running: false }, Date.now)
  assert.throws(() => clock.set(Number.NaN), { code: 'CLOCK_INVALID' })
  assert.throws(() => clock.advance(Infinity), { code: 'CLOCK_INVALID' })
})
