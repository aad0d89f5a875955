import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeAll } from './close-all.ts'

test('a part that fails to close keeps no other open, and the first failure is told', async () => {
  const closed: string[] = []
  const part = (name: string, failure?: Error) => ({
    close() {
      closed.push(name)
      return failure ? Promise.reject(failure) : Promise.resolve()
    },
  })
  const first = new Error('first')
  await assert.rejects(closeAll([part('a'), part('b', first), part('c', new Error('second')), part('d')]), first)
  assert.deepEqual(closed, ['a', 'b', 'c', 'd'])
})

test('parts that close without failure close in their order', async () => {
  const closed: number[] = []
  await closeAll([1, 2, 3].map((n) => ({ close: () => Promise.resolve(void closed.push(n)) })))
  assert.deepEqual(closed, [1, 2, 3])
})
