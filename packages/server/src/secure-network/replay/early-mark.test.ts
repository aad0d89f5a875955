import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import { FUTURE_MS, checkTime } from '../usn1/check-time.ts'
import { serverTime } from '../usn1/server-time.ts'
import { keepEarlyMark } from './early-mark.ts'
import type { EarlyMarkTables } from './early-mark.ts'
import type { ReplayMark } from './replay-guard.ts'

const NOW = 1_800_000_000_000
const message = (ts: number): ReplayMark => ({ subject: 'wx:o1', keyId: Buffer.alloc(4), rid: Buffer.alloc(16), ts })

/** A process on the store; the store outlives it. */
function store(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-early-'))
  const open = () => openSqlite<EarlyMarkTables>({ path: join(folder, 'marks.db'), durability: 'full' })
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return async (at: number) => {
    const database = open()
    const taken: number[] = []
    const guard = {
      take: ({ ts }: ReplayMark) => {
        taken.push(ts)
        return 'fresh' as const
      },
    }
    const early = await keepEarlyMark(database, () => at)
    return { bootedAt: early.bootedAt, read: early.read, guard: early.before(guard), taken, database }
  }
}

test('what an early phone sent before a restart is older than the server after it', async (t) => {
  const start = store(t)
  const first = await start(NOW)
  assert.equal(first.bootedAt, NOW)
  assert.equal(await first.guard.take(message(NOW + 50_000)), 'fresh')
  await first.database.close()
  const second = await start(NOW + 2000)
  assert.ok(second.bootedAt > NOW + 50_000)
  assert.ok(second.bootedAt <= NOW + 55_001)
  await second.database.close()
  const later = await start(NOW + 100_000)
  assert.equal(later.bootedAt, NOW + 100_000)
  await later.database.close()
})

test('after a restart a client is let in by the time that it is told, however early a phone was', async (t) => {
  const start = store(t)
  for (const [round, early] of [FUTURE_MS, FUTURE_MS - 1, FUTURE_MS - 4000].entries()) {
    const at = NOW + round * 1_000_000
    const before = await start(at)
    await before.guard.take(message(at + early))
    await before.database.close()
    const { bootedAt, database } = await start(at + 10)
    const clocks = { now: () => at + 10, bootedAt }
    assert.equal(checkTime(serverTime(clocks), clocks), undefined, String(early))
    assert.ok(checkTime(at + early, clocks), 'what was taken is not taken again')
    await database.close()
  }
})

test('many early messages at once wait for one write', async (t) => {
  const { guard, taken, database } = await store(t)(NOW)
  let writes = 0
  const { write } = database
  Object.assign(database, { write: (work: Parameters<typeof write>[0]) => (writes++, write(work)) })
  const times = Array.from({ length: 200 }, (_, at) => NOW + 59_000 + at)
  await Promise.all(times.map(async (ts) => guard.take(message(ts))))
  assert.equal(taken.length, 200)
  assert.ok(writes <= 2, `${writes} writes`)
  await database.close()
})

test('what is on time writes nothing, and one write is good for some seconds', async (t) => {
  const start = store(t)
  const { guard, database } = await start(NOW)
  const version = database.dataVersion()
  const rows = () => database.kysely.selectFrom('early_marks').select('ts').execute()
  await guard.take(message(NOW - 1))
  await guard.take(message(NOW))
  assert.deepEqual(await rows(), [])
  await guard.take(message(NOW + 1000))
  const [one] = await rows()
  await guard.take(message(NOW + 5000))
  assert.deepEqual(await rows(), [one])
  await guard.take(message(NOW + 7000))
  assert.notDeepEqual(await rows(), [one])
  assert.equal(database.dataVersion(), version, 'nobody else wrote')
  await database.close()
})

test('a message is not taken while the mark cannot be written', async (t) => {
  const start = store(t)
  const { guard, taken, database } = await start(NOW)
  await database.close()
  await assert.rejects(async () => guard.take(message(NOW + 9000)))
  assert.deepEqual(taken, [])
})

test('a slower replica does not lower what another one raised', async (t) => {
  const start = store(t)
  const [one, other] = [await start(NOW), await start(NOW)]
  await one.guard.take(message(NOW + 40_000))
  await other.guard.take(message(NOW + 10_000))
  await one.database.close()
  await other.database.close()
  const next = await start(NOW)
  assert.ok(next.bootedAt > NOW + 40_000)
  await next.database.close()
})
