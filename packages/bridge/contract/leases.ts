import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Leases } from '../src/lease/leases.ts'

/** Two processes that share leases, by clocks that a test moves; undefined: skipped, loudly. */
export interface TestLeases {
  readonly one: Leases
  readonly other: Leases
  /** Both clocks of every process; and, where the leases have a clock of their own, that one too. */
  advance(ms: number): Promise<void>
  /** The first process's monotonic clock alone: it was stopped, and its wall clock set back since. */
  sleepOne(ms: number): void
}

/** What the port of leases promises, held against one adapter. */
export function leasesContract(adapter: string, open: (context: TestContext) => Promise<TestLeases | undefined>): void {
  function check(sentence: string, body: (leases: TestLeases) => Promise<void>): void {
    test(`${adapter}: ${sentence}`, async (context) => {
      const leases = await open(context)
      if (leases !== undefined) await body(leases)
    })
  }

  check('one holds it, and the others do not', async ({ one, other }) => {
    const lease = await one.acquire('key', 5_000)
    assert.equal(lease?.isHeld(), true)
    assert.equal(await other.acquire('key', 5_000), undefined)
    assert.equal(await one.acquire('key', 5_000), undefined)
    assert.notEqual(await other.acquire('another key', 5_000), undefined)
  })

  check('of many who want it at once one gets it', async ({ one, other }) => {
    const wanted = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).acquire('key', 5_000))
    assert.equal((await Promise.all(wanted)).filter((lease) => lease !== undefined).length, 1)
  })

  check('who releases it gives it to the next', async ({ one, other }) => {
    await (await one.acquire('key', 5_000))?.release()
    assert.notEqual(await other.acquire('key', 5_000), undefined)
  })

  check('it ends by itself, and its holder knows', async ({ one, other, advance }) => {
    const lease = await one.acquire('key', 300)
    await advance(301)
    assert.equal(lease?.isHeld(), false)
    assert.notEqual(await other.acquire('key', 5_000), undefined)
  })

  check('a late holder cannot release what is another one’s by now', async ({ one, other, advance }) => {
    const late = await one.acquire('key', 300)
    await advance(301)
    const next = await other.acquire('key', 5_000)
    await late?.release()
    assert.equal(next?.isHeld(), true)
    assert.equal(await one.acquire('key', 5_000), undefined)
    await next.release()
    await next.release()
    assert.notEqual(await one.acquire('key', 5_000), undefined)
  })

  check('a process that was stopped notices, whatever its wall clock says', async ({ one, sleepOne }) => {
    const lease = await one.acquire('key', 5_000)
    sleepOne(4_999)
    assert.equal(lease?.isHeld(), true)
    sleepOne(1)
    assert.equal(lease.isHeld(), false)
  })

  check('keys of any length and with any characters are kept apart', async ({ one, other }) => {
    const long = 'k'.repeat(300)
    for (const key of [`${long}1`, `${long}2`, 'a b%', '汉字']) {
      assert.notEqual(await one.acquire(key, 5_000), undefined)
      assert.equal(await other.acquire(key, 5_000), undefined)
    }
  })
}
