import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
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
  assert.ok(second.bootedAt <= NOW + 55_000)
  await second.database.close()
  const later = await start(NOW + 100_000)
  assert.equal(later.bootedAt, NOW + 100_000)
  await later.database.close()
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
