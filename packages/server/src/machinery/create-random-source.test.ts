import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createRandomSource } from './create-random-source.ts'

test('no byte of a draw is given twice, and many small wishes are one draw', () => {
  const draws: Uint8Array[] = []
  const random = createRandomSource((length) => {
    const drawn = randomBytes(length)
    draws.push(drawn)
    return drawn
  })
  const lengths = Array.from({ length: 600 }, (_, at) => 1 + (at % 40))
  const given = lengths.map((length) => random(length))
  assert.deepEqual(
    given.map(({ length }) => length),
    lengths,
  )
  assert.ok(draws.length > 1 && draws.length < 5, `${draws.length} draws`)
  const places = given.map(({ buffer, byteOffset, length }) => ({ buffer, from: byteOffset, to: byteOffset + length }))
  for (const [at, { buffer, from }] of places.entries()) {
    const before = places[at - 1]
    if (before?.buffer === buffer) assert.equal(from, before.to)
    else assert.ok(places.slice(0, at).every((one) => one.buffer !== buffer))
  }
})

test('a wish that is larger than a draw is drawn by itself', () => {
  const random = createRandomSource(randomBytes)
  assert.equal(random(10_000).length, 10_000)
  assert.equal(random(0).length, 0)
})
