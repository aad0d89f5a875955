import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandomPool } from './create-random-pool.ts'

/** A generator whose bytes are all told apart: four of them are a number that rises. */
function numbered(): { readonly random: (length: number) => Promise<Uint8Array>; asked: number } {
  let next = 0
  const generator = {
    asked: 0,
    random(length: number) {
      generator.asked += 1
      return Promise.resolve(new Uint8Array(Uint32Array.from({ length: length / 4 }, () => next++).buffer))
    },
  }
  return generator
}

test('no byte is given twice, however many ask at once', async () => {
  const generator = numbered()
  const pool = createRandomPool(generator.random)
  const taken = await Promise.all(Array.from({ length: 200 }, () => pool.take(16)))
  const numbers = taken.flatMap((bytes) => [...new Uint32Array(bytes.buffer)])
  assert.equal(new Set(numbers).size, 800)
  assert.ok(generator.asked <= 10)
})

test('the next block is asked for before the last byte is gone', async () => {
  const generator = numbered()
  const pool = createRandomPool(generator.random)
  for (let turn = 0; turn < 24; turn++) await pool.take(16)
  assert.equal(generator.asked, 1)
  await pool.take(16)
  assert.equal(generator.asked, 2)
})

test('a generator that fails or gives too little is 10009, and is asked again by the next', async () => {
  const good = numbered()
  const answers = [() => Promise.reject(new Error('no dice')), () => Promise.resolve(new Uint8Array(8)), good.random]
  const pool = createRandomPool((length) => (answers.shift() ?? good.random)(length))
  await assert.rejects(pool.take(16), { errCode: 10009 })
  await assert.rejects(pool.take(16), { errCode: 10009 })
  assert.equal((await pool.take(16)).length, 16)
})
