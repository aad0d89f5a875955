import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAskQueue } from './ask-queue.ts'
import type { Answer } from './create-answering.ts'

test('a worker that asks much is answered in turns, and read no further meanwhile', async () => {
  const answers: ((answer: Answer) => void)[] = []
  const sent: number[] = []
  const full: boolean[] = []
  let most = 0
  const queue = createAskQueue({
    answer: () => new Promise((resolve) => void answers.push(resolve)),
    send: (id) => void sent.push(id),
    onFull: (isFull) => void full.push(isFull),
  })
  for (let id = 1; id <= 100; id += 1) queue.take(id, { running: undefined, service: 's', method: 'm', payload: '' })
  assert.equal(full[0], true)
  let answered = 0
  while (answers.length > 0) {
    most = Math.max(most, answers.length)
    answers.shift()?.({ ok: true, payload: 'null' })
    answered += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(answered, 100)
  assert.equal(most, 64)
  assert.equal(sent.length, 100)
  assert.equal(full.at(-1), false)
})
