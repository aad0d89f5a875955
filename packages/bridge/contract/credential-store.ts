import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { CredentialStore } from '../src/store/credential-store.ts'
import type { CredentialRecord } from '../src/store/record.ts'

/** A clock that a test moves by hand. */
export interface TestClock {
  now(): number
  advance(ms: number): void
}

/** How the suite gets a store that is empty; undefined: the test was skipped, loudly. */
export type OpenStore = (context: TestContext, clock: TestClock) => Promise<CredentialStore | undefined>

/** What the port of stores promises, held against one adapter. */
export function credentialStoreContract(adapter: string, open: OpenStore, { runs }: { readonly runs: number }): void {
  function check(sentence: string, body: (store: CredentialStore, clock: TestClock) => Promise<void>): void {
    test(`${adapter}: ${sentence}`, async (context) => {
      const clock = testClock()
      const store = await open(context, clock)
      if (store === undefined) return
      try {
        await body(store, clock)
      } finally {
        await store.close()
      }
    })
  }

  check('what was written is read, whole', async (store, clock) => {
    const record = {
      ...recordOf(clock, 7),
      value: { access_token: 'grüße 你好', nested: { list: [1, 'two', null] } },
      previous: { value: { access_token: 'older' }, expiresAt: clock.now() + 5_000 },
    }
    assert.equal(await store.write('key', record), true)
    assert.deepEqual(await store.read('key'), record)
    assert.equal(await store.read('other'), undefined)
  })

  check('a lower or equal revision does not replace a record', async (store, clock) => {
    await store.write('key', recordOf(clock, 7))
    assert.equal(await store.write('key', recordOf(clock, 7, 'late')), false)
    assert.equal(await store.write('key', recordOf(clock, 6, 'later')), false)
    assert.equal(await store.write('key', recordOf(clock, 6, 'later'), 7), false)
    assert.deepEqual(await store.read('key'), recordOf(clock, 7))
  })

  check('a write with an expected revision is done only if exactly that one is stored', async (store, clock) => {
    assert.equal(await store.write('key', recordOf(clock, 7), 3), false)
    assert.equal(await store.write('key', recordOf(clock, 7), 0), true)
    assert.equal(await store.write('key', recordOf(clock, 8), 0), false)
    assert.equal(await store.write('key', recordOf(clock, 8), 6), false)
    assert.equal(await store.write('key', recordOf(clock, 8), 7), true)
    assert.equal((await store.read('key'))?.revision, 8)
  })

  check('of many writers who expect the same one wins', async (store, clock) => {
    await store.write('key', recordOf(clock, 1))
    const writers = Array.from({ length: 20 }, (_, index) => store.write('key', recordOf(clock, 2 + index), 1))
    const won = (await Promise.all(writers)).map((isWritten, index) => (isWritten ? 2 + index : 0)).filter(Boolean)
    assert.equal(won.length, 1)
    assert.equal((await store.read('key'))?.revision, won[0])
  })

  check('of many writers who expect nothing the highest revision stays', async (store, clock) => {
    const revisions = [5, 9, 3, 12, 7, 1, 11, 2]
    await Promise.all(revisions.map((revision) => store.write('key', recordOf(clock, revision))))
    assert.equal((await store.read('key'))?.revision, 12)
  })

  check('a record ends at its moment, and counts as absent from then on', async (store, clock) => {
    await store.write('key', { ...recordOf(clock, 7), expiresAt: clock.now() + 400 })
    clock.advance(399)
    assert.equal((await store.read('key'))?.revision, 7)
    clock.advance(1)
    assert.equal(await store.read('key'), undefined)
    assert.equal(await store.write('key', recordOf(clock, 9), 7), false)
    assert.equal(await store.write('key', recordOf(clock, 9), 0), true)
  })

  check('a record without an end stays', async (store, clock) => {
    await store.write('key', { ...recordOf(clock, 7), expiresAt: null })
    clock.advance(1_000_000_000_000)
    assert.equal((await store.read('key'))?.expiresAt, null)
  })

  check('a tombstone is read as one, is not listed, and keeps what is older away', async (store, clock) => {
    await store.write('key', recordOf(clock, 7))
    const tombstone = { ...recordOf(clock, 8), value: null, expiresAt: clock.now() + 600_000 }
    assert.equal(await store.write('key', tombstone, 7), true)
    assert.equal((await store.read('key'))?.value, null)
    assert.equal(await store.write('key', recordOf(clock, 7)), false)
    assert.deepEqual(await store.list({ limit: 10 }), [])
  })

  check('a listing is in key order, by prefix, page by page', async (store, clock) => {
    const keys = ['b:2', 'a:1', 'b:1', 'b*:9', 'c', 'b:3']
    for (const key of keys) await store.write(key, recordOf(clock, 7, key))
    await store.write('b:4', { ...recordOf(clock, 7), expiresAt: clock.now() + 10 })
    clock.advance(10)
    const first = await store.list({ prefix: 'b:', limit: 2 })
    assert.deepEqual(first, [
      { key: 'b:1', record: recordOf(clock, 7, 'b:1') },
      { key: 'b:2', record: recordOf(clock, 7, 'b:2') },
    ])
    assert.deepEqual(
      (await store.list({ prefix: 'b:', after: 'b:2', limit: 2 })).map(({ key }) => key),
      ['b:3'],
    )
    assert.deepEqual(
      (await store.list({ prefix: 'b*', limit: 9 })).map(({ key }) => key),
      ['b*:9'],
    )
    assert.equal((await store.list({ limit: 9 })).length, 6)
  })

  check('keys of any length and with any characters are kept apart', async (store, clock) => {
    const long = 'k'.repeat(500)
    const keys = [`${long}1`, `${long}2`, 'a:b%_?[x]', "o'hara", '汉字', 'A', 'a']
    for (const [index, key] of keys.entries())
      assert.equal(await store.write(key, recordOf(clock, 1 + index, key)), true)
    for (const [index, key] of keys.entries()) assert.deepEqual(await store.read(key), recordOf(clock, 1 + index, key))
    assert.deepEqual((await store.list({ limit: 99 })).map(({ key }) => key).sort(), [...keys].sort())
  })

  check('any order of writes, waits and reads is answered as by the simplest model', async (store, clock) => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        round += 1
        const model = new Map<string, CredentialRecord>()
        const live = (key: string): CredentialRecord | undefined => {
          const record = model.get(key)
          return record !== undefined && (record.expiresAt === null || record.expiresAt > clock.now())
            ? record
            : undefined
        }
        for (const { name, revision, expected, lifeMs, isRemoval, waitMs } of steps) {
          const key = `${round}:${name}`
          const record = {
            ...recordOf(clock, revision),
            // A tombstone may be kept longer than it asks for, so it asks for long.
            ...(isRemoval ? { value: null, expiresAt: clock.now() + 900_000 } : { expiresAt: clock.now() + lifeMs }),
          }
          const stored = live(key)?.revision ?? 0
          const mayWrite = revision > stored && (expected === undefined || expected === stored)
          assert.equal(await store.write(key, record, expected), mayWrite)
          if (mayWrite) model.set(key, record)
          clock.advance(waitMs)
          assert.deepEqual(await store.read(key), live(key))
        }
      }),
      { numRuns: runs },
    )
  })
}

const step = fc.record({
  name: fc.constantFrom('x', 'y'),
  revision: fc.integer({ min: 1, max: 6 }),
  expected: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
  lifeMs: fc.constantFrom(1_500, 5_000, 900_000),
  isRemoval: fc.boolean(),
  waitMs: fc.constantFrom(0, 0, 1_000, 4_000),
})

/** Starts at the real time, since Redis has a clock of its own. */
export function testClock(): TestClock {
  let offset = 0
  const start = Date.now()
  return {
    now: () => start + offset,
    advance(ms) {
      offset += ms
    },
  }
}

const bornAt = new WeakMap<TestClock, number>()

function recordOf(clock: TestClock, revision: number, token = 'token'): CredentialRecord {
  const born = bornAt.get(clock) ?? clock.now()
  bornAt.set(clock, born)
  return {
    value: { access_token: token },
    revision,
    obtainedAt: born,
    expiresAt: born + 1_000_000_000,
    source: 'platform',
  }
}
