import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurnstile } from './create-turnstile.ts'

const full = { code: 'GATEWAY_SOCKETS_FULL' }
const wide = { socketsMax: 100, perAddressMax: 100, openingsMax: 100, openingsPerAddressMax: 100, openWithinMs: 9500 }

for (const [what, limits, isAdmitted] of [
  ['that are open', { socketsMax: 4, perAddressMax: 2 }, true],
  ['that have shown nothing', { openingsMax: 4, openingsPerAddressMax: 2 }, false],
] as const)
  test(`of sockets ${what} one address takes no place from the others, and who leaves makes room`, () => {
    const { enter } = createTurnstile({ ...wide, ...limits })
    const come = (address: string) => {
      const place = enter(address)
      if (isAdmitted) place.admit()
      return place
    }
    const place = come('a')
    come('a')
    assert.throws(() => come('a'), full)
    come('b')
    place.leave()
    place.leave()
    come('a')
    come('b')
    assert.throws(() => come('c'), full)
  })

test('those that have shown nothing take no place of those that are open', () => {
  const { enter } = createTurnstile({ ...wide, socketsMax: 3, perAddressMax: 3, openingsPerAddressMax: 2 })
  for (let one = 0; one < 3; one++) enter('a').admit()
  assert.throws(() => enter('a'), { ...full, detail: { retryAfterSeconds: 60 } })
  const other = createTurnstile({ ...wide, perAddressMax: 3, openingsPerAddressMax: 2 })
  other.enter('a')
  for (let one = 0; one < 3; one++) other.enter('a').admit()
  assert.throws(() => other.enter('a'), full)
  const crowded = createTurnstile({ ...wide, openingsMax: 2 })
  crowded.enter('a')
  crowded.enter('b')
  assert.throws(() => crowded.enter('c'), { ...full, detail: { retryAfterSeconds: 10 } })
})

test('the last place that is open goes to who is admitted first', () => {
  const { enter } = createTurnstile({ ...wide, perAddressMax: 1, openingsPerAddressMax: 2 })
  const [first, second] = [enter('a'), enter('a')]
  first.admit()
  assert.throws(() => {
    second.admit()
  }, full)
  first.leave()
  enter('a').leave()
  second.leave()
  enter('a').admit()
})

test('who left while it was judged takes up nothing', () => {
  const { enter } = createTurnstile({ ...wide, perAddressMax: 1 })
  const gone = enter('a')
  gone.leave()
  gone.admit()
  enter('a').admit()
  assert.throws(() => enter('a'), full)
})

test('an address that is gone is forgotten', () => {
  const { enter } = createTurnstile({ ...wide, perAddressMax: 1 })
  for (let round = 0; round < 200; round++) {
    const place = enter('a')
    place.admit()
    place.leave()
  }
  enter('a').admit()
  assert.throws(() => enter('a'), full)
})
