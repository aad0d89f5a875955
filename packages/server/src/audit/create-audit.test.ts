import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { AuditDatabase } from './audit-database.ts'
import type { AuditEntry, AuditRow } from './audit-entry.ts'
import { createAuditStore } from './audit-store.ts'
import type { AuditStore } from './audit-store.ts'
import { createAudit } from './create-audit.ts'
import { migrateAuditTables } from './migrate-audit-tables.ts'
import { openAudit } from './open-audit.ts'

const START = 1_700_000_000_000
const DAY = 86_400_000

async function realStore(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-audit-'))
  const database = openSqlite<AuditDatabase>({ path: join(folder, 'audit.db'), durability: 'normal' })
  await migrateAuditTables(database)
  context.after(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return createAuditStore(database)
}

/** A trail on a real file, flushed only when it is asked or told. */
async function trail(context: TestContext, change: Partial<Parameters<typeof createAudit>[0]> = {}) {
  let time = START
  const pauses: (() => void)[] = []
  const audit = createAudit({
    store: await realStore(context),
    keepDays: 30,
    maxRows: 1_000,
    now: () => time,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        pauses.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    ...change,
  })
  context.after(() => audit.close())
  const move = (ms: number): void => void (time += ms)
  const wake = (): void => pauses.splice(0).forEach((resolve) => resolve())
  return { audit, move, wake, at: () => time }
}

function entry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: START,
    caller: 'token:a',
    address: '10.0.0.1',
    verb: 'read',
    kind: 'access_token',
    platform: 'weixin-mp',
    appid: 'wx1',
    result: 'ok',
    requestId: 'r-1',
    ...change,
  }
}

test('an act reads back with who, what, when, from where and what came of it', async (context) => {
  const { audit } = await trail(context)
  const full = entry({ verb: 'set', kind: 'encrypt_key', openid: 'o1', variant: '10', result: 'CALLER_FORBIDDEN' })
  audit.record(full)
  audit.record(entry({ verb: 'remove' }))
  const rows = await audit.query({ limit: 10 })
  assert.deepEqual(rows, [
    { ...entry({ verb: 'remove' }), id: 2, count: 1, lastAt: START, openid: undefined, variant: undefined },
    { ...full, id: 1, count: 1, lastAt: START },
  ])
})

test('equal reads that wait together are one row with their number; other acts and other results are their own', async (context) => {
  const { audit } = await trail(context)
  for (let i = 0; i < 1000; i++) audit.record(entry({ at: START + i }))
  audit.record(entry({ result: 'absent' }))
  audit.record(entry({ caller: 'token:b' }))
  audit.record(entry({ address: '10.0.0.2' }))
  audit.record(entry({ openid: 'o1' }))
  audit.record(entry({ verb: 'set' }))
  audit.record(entry({ verb: 'set' }))
  assert.equal(audit.state.queued, 7)
  const rows = await audit.query({ limit: 10 })
  assert.deepEqual(rows.map(({ count }) => count).toSorted(), [1, 1, 1, 1, 1, 1, 1000])
  const many = rows.find(({ count }) => count === 1000)
  assert.deepEqual([many?.at, many?.lastAt], [START, START + 999])
})

test('a read after the flush begins a new row', async (context) => {
  const { audit } = await trail(context)
  audit.record(entry())
  await audit.query({ limit: 1 })
  audit.record(entry())
  assert.deepEqual(
    (await audit.query({ limit: 10 })).map(({ count }) => count),
    [1, 1],
  )
})

test('it can be asked by caller, app, kind and time, and read page by page', async (context) => {
  const { audit } = await trail(context)
  for (let i = 0; i < 5; i++) audit.record(entry({ verb: 'set', at: START + i * 1000, requestId: `r-${i}` }))
  audit.record(entry({ caller: 'token:b', kind: 'ticket', appid: 'wx2', at: START + 9000 }))
  const ids = async (query: Omit<Parameters<typeof audit.query>[0], 'limit'>, limit = 10): Promise<readonly number[]> =>
    (await audit.query({ ...query, limit })).map(({ id }) => id)
  assert.deepEqual(await ids({ caller: 'token:b' }), [6])
  assert.deepEqual(await ids({ appid: 'wx2' }), [6])
  assert.deepEqual(await ids({ kind: 'ticket' }), [6])
  assert.deepEqual(await ids({ kind: 'ticket', appid: 'wx1' }), [])
  assert.deepEqual(await ids({ from: START + 1000, to: START + 3000 }), [3, 2])
  assert.deepEqual(await ids({}, 2), [6, 5])
  assert.deepEqual(await ids({ before: 5 }, 2), [4, 3])
})

test('the queue is bounded: what does not fit is dropped, counted, and nobody waits', async (context) => {
  const { audit } = await trail(context, { queueMax: 3 })
  for (let i = 0; i < 10; i++) audit.record(entry({ verb: 'set' }))
  for (let i = 0; i < 10; i++) audit.record(entry({ caller: `token:${i}` }))
  assert.deepEqual(audit.state, { queued: 3, dropped: 17 })
  assert.equal((await audit.query({ limit: 100 })).length, 3)
})

test('a database that is gone loses nothing that the queue can hold, and stalls nobody', async (context) => {
  const real = await realStore(context)
  let isDown = true
  const failures: unknown[] = []
  const store: AuditStore = {
    ...real,
    append: (rows) => (isDown ? Promise.reject(new DrawbridgeError('STORE_UNAVAILABLE')) : real.append(rows)),
  }
  const { audit } = await trail(context, { store, queueMax: 300, onFailure: (error) => failures.push(error) })
  for (let i = 0; i < 250; i++) audit.record(entry({ verb: 'set', requestId: `r-${i}` }))
  await audit.query({ limit: 1 })
  assert.equal(failures.length, 1)
  for (let i = 250; i < 320; i++) audit.record(entry({ verb: 'set', requestId: `r-${i}` }))
  assert.deepEqual(audit.state, { queued: 300, dropped: 20 })
  isDown = false
  const rows = await audit.query({ limit: 500 })
  assert.deepEqual(
    rows.map(({ requestId }) => requestId).toReversed(),
    Array.from({ length: 300 }, (_, i) => `r-${i}`),
  )
})

test('what comes while a batch fails does not make the queue longer than its bound', async (context) => {
  const real = await realStore(context)
  const failing = Promise.withResolvers<undefined>()
  let calls = 0
  const store: AuditStore = { ...real, append: (rows) => (++calls === 1 ? failing.promise : real.append(rows)) }
  const { audit } = await trail(context, { store, queueMax: 3 })
  for (let i = 0; i < 3; i++) audit.record(entry({ verb: 'set', requestId: `r-${i}` }))
  const asked = audit.query({ limit: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  for (let i = 3; i < 5; i++) audit.record(entry({ verb: 'set', requestId: `r-${i}` }))
  failing.reject(new DrawbridgeError('STORE_UNAVAILABLE'))
  await asked
  assert.deepEqual(audit.state, { queued: 3, dropped: 2 })
  const rows = await audit.query({ limit: 10 })
  assert.deepEqual(rows.map(({ requestId }) => requestId).toReversed(), ['r-0', 'r-1', 'r-2'])
})

test('a batch that fails half-way is written once, not twice', async (context) => {
  const real = await realStore(context)
  let calls = 0
  const store: AuditStore = {
    ...real,
    append: (rows) => (++calls === 2 ? Promise.reject(new DrawbridgeError('STORE_UNAVAILABLE')) : real.append(rows)),
  }
  const { audit } = await trail(context, { store })
  for (let i = 0; i < 450; i++) audit.record(entry({ verb: 'set' }))
  await audit.query({ limit: 1 })
  assert.equal((await audit.query({ limit: 1000 })).length, 450)
})

test('rows are written behind the request without being asked for', async (context) => {
  const written: Omit<AuditRow, 'id'>[] = []
  const real = await realStore(context)
  const store: AuditStore = { ...real, append: async (rows) => void written.push(...rows) }
  const { audit, wake } = await trail(context, { store })
  audit.record(entry())
  assert.equal(written.length, 0)
  wake()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(written.length, 1)
})

test('old rows and rows beyond the bound go away', async (context) => {
  const { audit, move, at } = await trail(context, { keepDays: 2, maxRows: 4 })
  audit.record(entry({ verb: 'set', requestId: 'old' }))
  await audit.query({ limit: 1 })
  move(2 * DAY + 1)
  for (let i = 0; i < 3; i++) audit.record(entry({ verb: 'set', at: at(), requestId: `new-${i}` }))
  assert.deepEqual(
    (await audit.query({ limit: 10 })).map(({ requestId }) => requestId),
    ['new-2', 'new-1', 'new-0'],
  )
  move(60_000)
  for (let i = 3; i < 8; i++) audit.record(entry({ verb: 'set', at: at(), requestId: `new-${i}` }))
  assert.deepEqual(
    (await audit.query({ limit: 10 })).map(({ requestId }) => requestId),
    ['new-7', 'new-6', 'new-5', 'new-4'],
  )
})

test('what waits at the end is written before the file is closed', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-audit-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const options = {
    path: join(folder, 'audit.db'),
    keepDays: 30,
    maxRows: 100,
    now: () => START,
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  }
  const first = await openAudit(options)
  first.record(entry())
  await first.close()
  first.record(entry({ requestId: 'too late' }))
  const second = await openAudit(options)
  assert.deepEqual(
    (await second.query({ limit: 10 })).map(({ requestId }) => requestId),
    ['r-1'],
  )
  await second.close()
})
