import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWatch } from './create-watch.ts'

/** A clock that goes on by hand: `tick` lets one look happen. */
function byHand() {
  let wake = (): void => undefined
  let sleeping = 0
  return {
    sleep: (_ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        sleeping++
        wake = () => {
          sleeping--
          resolve()
        }
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'))
        })
      }),
    sleepers: () => sleeping,
    async tick() {
      wake()
      await new Promise(setImmediate)
    },
  }
}

function counting() {
  const count = { look: 0, beat: 0, stop: 0 }
  const up = (name: keyof typeof count) => (): void => {
    count[name]++
  }
  return { count, look: up('look'), beat: up('beat'), stop: up('stop') }
}

const times = { lookEveryMs: 5, beatEveryMs: 15 }

test('every socket is looked after, each from its own beginning', async () => {
  const { sleep, tick, sleepers } = byHand()
  const watch = createWatch(times, sleep)
  const [first, second] = [counting(), counting()]
  watch.add(first)
  await tick()
  const leave = watch.add(second)
  assert.equal(sleepers(), 1)
  for (let look = 0; look < 3; look++) await tick()
  assert.deepEqual(first.count, { look: 4, beat: 1, stop: 0 })
  assert.deepEqual(second.count, { look: 3, beat: 1, stop: 0 })
  leave()
  for (let look = 0; look < 2; look++) await tick()
  assert.deepEqual(first.count, { look: 6, beat: 2, stop: 0 })
  assert.deepEqual(second.count, { look: 3, beat: 1, stop: 0 })
})

test('nothing runs while no socket is open, and it begins again', async () => {
  const { sleep, tick, sleepers } = byHand()
  const watch = createWatch(times, sleep)
  watch.add(counting())()
  await tick()
  assert.equal(sleepers(), 0)
  const later = counting()
  watch.add(later)
  await tick()
  assert.equal(later.count.look, 1)
})

test('a socket that ends itself at a look is pinged no more', async () => {
  const { sleep, tick } = byHand()
  const watch = createWatch({ lookEveryMs: 5, beatEveryMs: 5 }, sleep)
  const socket = counting()
  const leave = watch.add({
    ...socket,
    look() {
      leave()
    },
  })
  await tick()
  assert.equal(socket.count.beat, 0)
})

test('a stop ends all sockets, and those that come after it', () => {
  const watch = createWatch(times, byHand().sleep)
  const sockets = [counting(), counting()]
  for (const socket of sockets) watch.add(socket)
  watch.stop()
  const late = counting()
  watch.add(late)
  assert.deepEqual(
    [...sockets, late].map(({ count }) => count.stop),
    [1, 1, 1],
  )
})
