import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeySchedule } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { refuse } from '../refusal.ts'
import { createScheduleCache } from './schedule-cache.ts'
import type { KeptSchedule } from './schedule-cache.ts'

const context = { suite: 1, keyKind: 'mp', keyId: new Uint8Array(4), appId: 'A', subject: 'w:o' } as const
const schedule = createKeySchedule(nodePrimitives, context, { secret: new Uint8Array(32) })

function opened(entriesMax = 3) {
  let at = 0
  let looks = 0
  const cache = createScheduleCache({ now: () => at, elapsed: () => at, entriesMax })
  const kept = (acceptedUntil = 1_000_000): KeptSchedule => {
    assert.ok(schedule)
    return { schedule, material: 'm', acceptedUntil }
  }
  return {
    cache,
    kept,
    looks: () => looks,
    pass: (ms: number) => (at += ms),
    look:
      (found: KeptSchedule | ReturnType<typeof refuse> = kept()) =>
      async () => {
        looks += 1
        await Promise.resolve()
        return found
      },
  }
}

test('a schedule that was found is at hand at once, and looked up once for all who ask together', async () => {
  const { cache, look, looks } = opened()
  await Promise.all(Array.from({ length: 10 }, async () => cache.get('a', look())))
  assert.equal(looks(), 1)
  assert.ok(!(cache.get('a', look()) instanceof Promise))
})

test('it is checked again after half a minute, told what it was, and dropped when its time is over', async () => {
  const { cache, look, looks, pass, kept } = opened()
  await cache.get('a', look(kept(40_000)))
  pass(29_999)
  assert.ok(!(cache.get('a', look()) instanceof Promise))
  pass(1)
  let before: KeptSchedule | undefined
  await cache.get('a', (one) => {
    before = one
    return look(kept(40_000))()
  })
  assert.equal(before?.material, 'm')
  assert.equal(looks(), 2)
  pass(10_000)
  assert.ok(cache.get('a', look()) instanceof Promise)
})

test('a refusal is not kept, and takes away what was', async () => {
  const { cache, look, pass, looks } = opened()
  await cache.get('a', look())
  pass(30_000)
  const refusal = refuse('ENCRYPT_KEY_UNAVAILABLE', 'gone')
  assert.equal(await cache.get('a', look(refusal)), refusal)
  await cache.get('a', look())
  assert.equal(looks(), 3)
})

test('a lookup that throws takes it away too, and the next one is tried', async () => {
  const { cache, look, pass } = opened()
  await cache.get('a', look())
  pass(30_000)
  await assert.rejects(Promise.resolve(cache.get('a', () => Promise.reject(new Error('store')))))
  assert.ok('schedule' in (await cache.get('a', look())))
})

test('it holds so many and no more; the one checked longest ago goes', async () => {
  const { cache, look } = opened(3)
  for (const name of ['a', 'b', 'c', 'd']) await cache.get(name, look())
  assert.ok(cache.get('a', look()) instanceof Promise)
  assert.ok(!(cache.get('d', look()) instanceof Promise))
})
