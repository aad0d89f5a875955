import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BridgeEvent } from '../bridge.ts'
import { createCorrectedClock } from './corrected-clock.ts'

/** A machine, and the clock that it may ask; the true time is what passes for both. */
function machine({ offMs = 0, tripMs = 2 }: { readonly offMs?: number; readonly tripMs?: number } = {}) {
  let time = 1_800_000_000_000
  let setMs = offMs
  let trip = tripMs
  let isAway = false
  let asked = 0
  const events: BridgeEvent[] = []
  const clock = createCorrectedClock({
    machineNow: () => time + setMs,
    askTime() {
      asked += 1
      if (isAway) return Promise.reject(new Error('away'))
      time += trip / 2
      const answer = time
      time += trip / 2
      return Promise.resolve(answer)
    },
    monotonic: () => time - 1_700_000_000_000,
    sleep: () => Promise.reject(new Error('stopped')),
    host: 'redis',
    onEvent: (event) => events.push(event),
  })
  return {
    clock,
    events,
    offNow: () => clock.now() - time,
    asked: () => asked,
    pass: (ms: number) => void (time += ms),
    set: (ms: number) => void (setMs += ms),
    answerIn: (ms: number) => void (trip = ms),
    lose: () => void (isAway = true),
  }
}

test('a clock ten minutes off tells the time of the others once it has asked, and how far it is off', async () => {
  for (const offMs of [600_000, -600_000]) {
    const { clock, events, offNow } = machine({ offMs })
    assert.equal(offNow(), offMs)
    await clock.measure()
    assert.equal(offNow(), 0)
    assert.deepEqual(events, [{ type: 'clock', skewMs: offMs, host: 'redis' }])
    await clock.measure()
    assert.equal(events.length, 1)
  }
})

test('what measuring cannot tell from nothing corrects nothing', async () => {
  const { clock, offNow, events } = machine({ offMs: 200 })
  await clock.measure()
  assert.equal(offNow(), 200)
  assert.equal(events.length, 1)
})

test('an answer that took long says nothing', async () => {
  const { clock, offNow, answerIn } = machine({ offMs: 60_000 })
  answerIn(501)
  await clock.measure()
  assert.equal(offNow(), 60_000)
  answerIn(499)
  await clock.measure()
  assert.equal(offNow(), 0)
})

test('a clock that is set while it runs asks at once, once, and is right again', async () => {
  const { clock, offNow, set, asked, events } = machine()
  await clock.measure()
  set(600_000)
  clock.now()
  clock.now()
  assert.equal(asked(), 2)
  await Promise.resolve()
  assert.equal(offNow(), 0)
  assert.deepEqual(events.at(-1), { type: 'clock', skewMs: 600_000, host: 'redis' })
})

test('what was found out holds while nobody can be asked', async () => {
  const { clock, offNow, pass, lose } = machine({ offMs: -600_000 })
  await clock.measure()
  lose()
  pass(3_600_000)
  await clock.measure()
  assert.equal(offNow(), 0)
})

test('with nobody to ask it is this machine’s clock', async () => {
  const { clock, offNow, lose, events } = machine({ offMs: 5_000 })
  lose()
  await clock.measure()
  assert.equal(offNow(), 5_000)
  assert.deepEqual(events, [])
})
