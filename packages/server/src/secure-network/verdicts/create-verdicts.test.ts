import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { Verdict } from '../verdict.ts'
import { verdictReasons } from '../verdict-reasons.ts'
import { createVerdicts } from './create-verdicts.ts'
import { secureNetworkOff } from '../config-policies.ts'
import type { KnownNames } from './kept-call.ts'
import { openVerdicts } from './open-verdicts.ts'
import { createVerdictStore } from './verdict-store.ts'
import type { VerdictStore } from './verdict-store.ts'
import { migrateVerdictTables } from './verdict-tables.ts'
import type { VerdictTables } from './verdict-tables.ts'

const HOUR = 3_600_000
const START = 500_000 * HOUR
const DAY = 24 * HOUR

const never = (_ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()))

function verdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    at: START,
    requestId: 'r1',
    spaceId: 'shop',
    wire: 'v1',
    target: 'f:pay',
    outcome: 'refused',
    code: 'ENVELOPE_REQUIRED',
    reason: 'the call came plain',
    rule: 'pay',
    byPolicy: true,
    evidence: { source: 'client', proven: false, appId: '__UNI__X', address: '192.0.2.1' },
    ...changes,
  }
}

const routes: readonly GatewayRoute[] = [
  {
    name: 'payments',
    path: '/pay/*',
    upstream: 'http://127.0.0.1:1',
    stripPrefix: '',
    bodyMaxBytes: 1,
    timeoutMs: 1,
    plain: 'refuse',
    responseHeaders: [],
  },
]

async function world(context: TestContext, { maxRows = 1000, keepDays = 30 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-verdicts-'))
  const path = join(folder, 'verdicts.db')
  const database = openSqlite<VerdictTables>({ path, durability: 'normal' })
  await migrateVerdictTables(database)
  const store = createVerdictStore(database)
  let at = START
  const known: KnownNames = { isFunction: (_spaceId, name) => name === 'pay', isApp: (appId) => appId === '__UNI__X' }
  const open = (over: VerdictStore = store, onFailure = (_error: unknown): void => undefined) =>
    createVerdicts({ store: over, keepDays, maxRows, routes, known, now: () => at, sleep: never, onFailure })
  const verdicts = open()
  context.after(async () => {
    await verdicts.close()
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { path, store, verdicts, open, pass: (ms: number) => void (at += ms), now: () => at }
}

test('a refusal is kept with code, reason, rule, evidence and request id', async (context) => {
  const { verdicts } = await world(context)
  verdicts.record(verdict())
  const [row] = await verdicts.query({ limit: 10 })
  const { byPolicy: _byPolicy, ...kept } = verdict()
  const { remedy, ...told } = row ?? {}
  assert.deepEqual(told, { ...kept, functionName: 'pay', id: 1, count: 1, lastAt: START })
  assert.ok(remedy && remedy.en.length > 0 && remedy.zh.length > 0)
})

test('verdicts of one code are told what to do by their reasons', async (context) => {
  const { verdicts } = await world(context)
  const { secretType, legacy, timing } = verdictReasons
  for (const { reason } of [secretType, legacy]) verdicts.record(verdict({ code: 'ENVELOPE_REJECTED', reason }))
  verdicts.record(verdict({ code: 'ENVELOPE_REQUIRED', reason: timing.reason }))
  const rows = await verdicts.query({ limit: 10 })
  assert.deepEqual(
    rows.map(({ remedy }) => remedy),
    [timing.remedy, legacy.remedy, secretType.remedy],
  )
})

test('equal refusals of half a second are one row with a count, and admitted calls have none', async (context) => {
  const { verdicts } = await world(context)
  for (let index = 0; index < 500; index += 1) verdicts.record(verdict({ requestId: `r${index}`, at: START + index }))
  verdicts.record(verdict({ target: 'f:other' }))
  verdicts.record({ ...verdict(), outcome: 'admitted' })
  const rows = await verdicts.query({ limit: 10 })
  assert.deepEqual(
    rows.map(({ target, count, requestId, lastAt }) => [target, count, requestId, lastAt]),
    [
      ['f:other', 1, 'r1', START],
      ['f:pay', 500, 'r0', START + 499],
    ],
  )
})

test('every call is counted by its shape and hour, over several replicas, without user, device and address', async (context) => {
  const { path, store, verdicts, open } = await world(context)
  const other = open()
  const marked = { openid: 'MARKER-openid', deviceId: 'MARKER-device', address: '203.0.113.77' }
  for (const each of [verdicts, other, other])
    each.record(verdict({ outcome: 'admitted', evidence: { source: 'client', proven: true, appId: 'A', ...marked } }))
  await other.close()
  verdicts.record(verdict({ at: START + HOUR, outcome: 'admitted', evidence: { source: 'client', proven: false } }))
  await verdicts.query({ limit: 1 })
  const tallies = await store.tallies('shop', START)
  assert.deepEqual(
    tallies.map(({ hour, count }) => [hour, count]),
    [
      [START, 3],
      [START + HOUR, 1],
    ],
  )
  assert.deepEqual(tallies[0]?.call.evidence, { source: 'client', proven: true, appId: 'A' })
  assert.equal((await store.tallies('shop', START + HOUR)).length, 1)
  const bytes = readFileSync(path, 'latin1') + readFileSync(`${path}-wal`, 'latin1')
  for (const secret of Object.values(marked)) assert.ok(!bytes.includes(secret), secret)
})

test('reading can ask for a space, a function, a code, an app, an outcome, a time and a page', async (context) => {
  const { verdicts } = await world(context)
  verdicts.record(verdict({ target: 'o:pay/add' }))
  verdicts.record(verdict({ spaceId: 'other' }))
  verdicts.record(verdict({ code: 'OS_NAME_MISSING' }))
  verdicts.record(verdict({ outcome: 'would-refuse' }))
  verdicts.record(verdict({ target: 'h:POST /pay', at: START + 5 }))
  verdicts.record(verdict({ evidence: { source: 'client', proven: true, appId: '__UNI__Y' } }))
  const asked = async (query: object): Promise<readonly number[]> =>
    (await verdicts.query({ limit: 10, ...query })).map(({ id }) => id)
  assert.deepEqual(await asked({ spaceId: 'other' }), [2])
  assert.deepEqual(await asked({ functionName: 'pay' }), [6, 4, 3, 2, 1])
  assert.deepEqual(await asked({ functionName: 'h:payments' }), [5])
  assert.deepEqual(await asked({ code: 'OS_NAME_MISSING' }), [3])
  assert.deepEqual(await asked({ outcome: 'would-refuse' }), [4])
  assert.deepEqual(await asked({ since: START + 1 }), [5])
  assert.deepEqual(await asked({ appId: '__UNI__Y' }), [6])
  assert.deepEqual(await asked({ before: 3 }), [2, 1])
  assert.deepEqual(await asked({ after: 4 }), [5, 6])
})

test('a stranger who varies his calls fills neither memory nor the table of those who proved themselves', async (context) => {
  const { verdicts, now, pass } = await world(context, { maxRows: 40 })
  verdicts.record(verdict({ evidence: { source: 'client', proven: true, appId: 'A' } }))
  await verdicts.query({ limit: 1 })
  const claims = (index: number) => ({ source: 'client', proven: false, appId: `stranger-${index}` })
  for (let index = 0; index < 5000; index += 1)
    verdicts.record(verdict({ target: `f:name${index}`, evidence: claims(index), at: now() }))
  assert.ok(verdicts.state.queued < 800, String(verdicts.state.queued))
  assert.equal(verdicts.state.dropped, 4900)
  pass(60_000)
  const rows = await verdicts.query({ limit: 500 })
  assert.equal((await verdicts.query({ limit: 500 })).filter(({ evidence }) => evidence['proven'] === true).length, 1)
  assert.ok(rows.length <= 121, String(rows.length))
  pass(60_000)
  verdicts.record(verdict({ at: now() }))
  await verdicts.query({ limit: 1 })
  const kept = await verdicts.query({ limit: 500 })
  assert.deepEqual([kept.filter(({ evidence }) => evidence['proven'] !== true).length, kept.length], [20, 21])
})

test('shapes beyond the bound are counted without their names, and none is lost', async (context) => {
  const { store, verdicts } = await world(context, { maxRows: 10_000 })
  for (let index = 0; index < 1200; index += 1) verdicts.record(verdict({ target: `f:name${index}` }))
  await verdicts.query({ limit: 1 })
  const tallies = await store.tallies('shop', START)
  assert.equal(
    tallies.reduce((sum, { count }) => sum + count, 0),
    1200,
  )
  assert.equal(tallies.length, 501)
  assert.deepEqual(tallies.find(({ count }) => count === 700)?.call.target, '*')
})

test('a stranger who invents apps, functions and systems blurs nothing that a dry run says of the known ones', async (context) => {
  const { store, verdicts } = await world(context, { maxRows: 10_000 })
  const claims = (appId: string, osName: string) => ({ source: 'client', proven: false, appId, osName })
  for (let index = 0; index < 3000; index += 1) {
    verdicts.record(verdict({ evidence: claims(`app${index}`, 'ios') }))
    verdicts.record(verdict({ target: `f:name${index}`, evidence: claims('__UNI__X', 'ios') }))
    verdicts.record(verdict({ target: `o:pay/method${index}`, evidence: claims('__UNI__X', 'android') }))
    const { byPolicy: _byPolicy, ...early } = verdict({ code: 'ENVELOPE_REJECTED', evidence: claims(`a${index}`, 'x') })
    verdicts.record(early)
  }
  verdicts.record(verdict({ evidence: claims('__UNI__X', 'android') }))
  const apps = [{ appId: '__UNI__X', platform: 'android', release: [], development: [] }]
  const wanted = { ...secureNetworkOff, revision: 1, apps, rules: { pay: [{}] } }
  const { rows, ...counts } = await verdicts.dryRun('shop', START, wanted)
  const tallies = await store.tallies('shop', START)
  assert.ok(tallies.length < 520)
  assert.equal(tallies.filter(({ call }) => call.code === 'ENVELOPE_REJECTED').length, 1)
  const told = rows.map(({ target, code, calls, unknownApps }) => [target, code, calls, unknownApps !== undefined])
  assert.deepEqual(told, [
    ['f:pay', 'APP_NOT_ASSOCIATED', 3000, true],
    ['o:pay/', 'ENVELOPE_REQUIRED', 3000, false],
    ['f:pay', 'ENVELOPE_REQUIRED', 1, false],
  ])
  assert.deepEqual([counts.calls, counts.refusedBefore], [12_001, 3000])
})

test('what is older than it is kept goes away', async (context) => {
  const { store, verdicts, pass, now } = await world(context, { keepDays: 2 })
  verdicts.record(verdict())
  await verdicts.query({ limit: 1 })
  pass(3 * DAY)
  verdicts.record(verdict({ at: now() }))
  await verdicts.query({ limit: 1 })
  assert.equal((await verdicts.query({ limit: 10 })).length, 1)
  assert.equal((await store.tallies('shop', 0)).length, 1)
})

test('recording neither waits nor throws while the database is away, and what waits is written later', async (context) => {
  const { store, open } = await world(context)
  let isGone = true
  const failures: unknown[] = []
  const append: VerdictStore['append'] = (...batch) =>
    isGone ? Promise.reject(new Error('gone')) : store.append(...batch)
  const verdicts = open({ ...store, append }, (error) => failures.push(error))
  verdicts.record(verdict())
  await verdicts.query({ limit: 1 })
  verdicts.record(verdict({ requestId: 'r2', at: START + 1 }))
  await verdicts.query({ limit: 1 })
  assert.equal(failures.length, 2)
  isGone = false
  await verdicts.close()
  const [row] = await store.find({ limit: 10 })
  assert.deepEqual([row?.count, row?.at], [2, START])
  assert.equal((await store.tallies('shop', START))[0]?.count, 2)
})

test('closing writes what waits, and each verdict was told to the metrics', async (context) => {
  const { path, store } = await world(context)
  const told: string[] = []
  const verdicts = await openVerdicts({
    path,
    keepDays: 1,
    maxRows: 10,
    now: () => START,
    sleep: never,
    onVerdict: ({ outcome, code }) => told.push(`${outcome} ${String(code)}`),
  })
  verdicts.record(verdict())
  await verdicts.close()
  verdicts.record(verdict())
  assert.deepEqual(told, ['refused ENVELOPE_REQUIRED'])
  assert.equal((await store.find({ limit: 10 })).length, 1)
})

test('a route is counted by its name, and what its path holds is not kept', async (context) => {
  const { store, verdicts } = await world(context)
  for (const user of ['13800000001', '13800000002'])
    verdicts.record(verdict({ outcome: 'admitted', target: `h:POST /pay/${user}` }))
  verdicts.record(verdict({ outcome: 'admitted', target: 'h:GET /elsewhere/13800000003' }))
  await verdicts.query({ limit: 1 })
  const tallies = await store.tallies('shop', START)
  assert.deepEqual(
    tallies.map(({ call, count }) => [call.target, count]),
    [
      ['h:payments', 2],
      ['*', 1],
    ],
  )
})

test('a refusal of a route is stored under the route’s name, and of a path that is none only the method', async (context) => {
  const { path, verdicts } = await world(context)
  for (const target of [
    'h:POST /pay/MARKER-user',
    'h:GET /user/MARKER-user?token=MARKER-token',
    `h:POST /pay/${'a'.repeat(400)}`,
    'h:MARKERMETHOD /elsewhere',
    'h:GET?token=MARKER-token',
  ])
    verdicts.record(verdict({ target }))
  const rows = await verdicts.query({ limit: 10 })
  assert.deepEqual(
    rows.map(({ target, functionName, count }) => [target, functionName, count]),
    [
      ['h:', '*', 2],
      ['h:GET', '*', 1],
      ['h:payments', 'h:payments', 2],
    ],
  )
  assert.ok(!`${readFileSync(path, 'latin1')}${readFileSync(`${path}-wal`, 'latin1')}`.includes('MARKER'))
})
