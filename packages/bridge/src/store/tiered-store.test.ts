import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlStore, testFolder } from '../../contract/open-stores.ts'
import type { BridgeEvent } from '../bridge.ts'
import type { DurableStore } from './durable-store.ts'
import type { CredentialRecord } from './record.ts'
import { createTieredStore } from './tiered-store.ts'
import type { TieredStore } from './tiers.ts'

interface Process {
  readonly store: TieredStore
  readonly durable: DurableStore
  readonly reads: string[]
  readonly events: BridgeEvent[]
}

/** Several processes' stores on one file, with one clock that a test moves. */
async function setUp(
  context: TestContext,
): Promise<{ open(): Promise<Process>; advance(ms: number): void; path: string }> {
  const path = join(await testFolder(context), 'store.sqlite')
  let at = 1_000_000
  return {
    path,
    advance(ms) {
      at += ms
    },
    async open() {
      const { durable } = await openSqlStore(path, () => at)
      const reads: string[] = []
      const events: BridgeEvent[] = []
      const store = createTieredStore({
        durable: {
          ...durable,
          read(key) {
            reads.push(key)
            return durable.read(key)
          },
        },
        now: () => at,
        monotonic: () => at,
        sleep: async () => undefined,
        onEvent: (event) => events.push(event),
      })
      context.after(() => store.close())
      return { store, durable, reads, events }
    },
  }
}

function record(revision: number, value: object | null = { access_token: `token ${revision}` }): CredentialRecord {
  return { value: value as CredentialRecord['value'], revision, obtainedAt: 0, expiresAt: 9_000_000, source: 'pushed' }
}

const durably = { durability: 'durable' } as const

test('a thousand readers at once cost one read of the database', async (context) => {
  const { open } = await setUp(context)
  const { store, durable, reads } = await open()
  await durable.write('key', record(1))
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => store.read('key')))
  assert.deepEqual(reads, ['key'])
  assert.ok(answers.every(({ record: read, tier }) => read?.revision === 1 && tier === 'durable'))
  assert.deepEqual(await store.read('key'), { record: record(1), tier: 'memory' })
  assert.deepEqual(store.peek('key'), record(1))
})

test('what this process has written it sees at once', async (context) => {
  const { open } = await setUp(context)
  const { store } = await open()
  await store.read('key')
  for (let revision = 1; revision < 5; revision += 1) {
    assert.equal(await store.write('key', record(revision), durably), true)
    assert.equal(store.peek('key')?.revision, revision)
  }
  await store.write('key', record(9, null), durably)
  assert.equal(store.peek('key')?.value, null)
})

test('what another process has written is seen after a tenth of a second, and at once where it is shared', async (context) => {
  const { open, advance } = await setUp(context)
  const [one, other] = [await open(), await open()]
  await one.store.write('key', record(1), durably)
  assert.equal((await other.store.read('key')).record?.revision, 1)
  await one.store.write('key', record(2, null), durably)
  assert.equal((await other.store.readShared('key'))?.value, null)
  assert.equal(other.store.peek('key'), undefined)
  assert.equal((await other.store.read('key')).record?.value, null)
  await one.store.write('key', record(3), durably)
  advance(100)
  assert.equal(other.store.peek('key'), undefined)
  assert.equal((await other.store.read('key')).record?.revision, 3)
})

test("another process's change to one key leaves the others in memory", async (context) => {
  const { open, advance } = await setUp(context)
  const [one, other] = [await open(), await open()]
  await one.store.write('key', record(1), durably)
  await one.store.write('quiet', record(1), durably)
  await other.store.read('key')
  await other.store.read('quiet')
  await one.store.write('key', record(2), durably)
  advance(100)
  other.reads.length = 0
  assert.equal((await other.store.read('quiet')).tier, 'memory')
  assert.equal((await other.store.read('key')).tier, 'durable')
  assert.deepEqual(other.reads, ['key'])
})

test('an absent record is not remembered as absent', async (context) => {
  const { open } = await setUp(context)
  const [one, other] = [await open(), await open()]
  assert.deepEqual(await other.store.read('key'), { record: undefined, tier: 'none' })
  await one.store.write('key', record(1), durably)
  assert.equal((await other.store.read('key')).record?.revision, 1)
})

test('a write that lost shows the winner to whoever tries again', async (context) => {
  const { open } = await setUp(context)
  const [one, other] = [await open(), await open()]
  await one.store.write('key', record(1), durably)
  await other.store.read('key')
  await one.store.write('key', record(2), durably)
  assert.equal(await other.store.write('key', record(3), { ...durably, expectedRevision: 1 }), false)
  assert.equal(other.store.peek('key')?.revision, 2)
  assert.equal(await other.store.write('key', record(3), { ...durably, expectedRevision: 2 }), true)
})

test('a holder who slept past a removal cannot write what he obtained before it', async (context) => {
  const { open, advance } = await setUp(context)
  const [one, other] = [await open(), await open()]
  await one.store.write('key', record(1), durably)
  await other.store.readShared('key')
  await one.store.write('key', { ...record(2, null), expiresAt: 1_600_000 }, durably)
  assert.equal(await other.store.write('key', record(5), { ...durably, expectedRevision: 1 }), false)
  advance(600_001)
  await one.store.sweep()
  assert.equal(await other.store.write('key', record(5), { ...durably, expectedRevision: 1 }), false)
  assert.equal(await other.store.readShared('key'), undefined)
})

test('a record that cannot be opened is told of once, set aside, and stands in the way of nothing', async (context) => {
  const { open, path } = await setUp(context)
  const { store, events } = await open()
  await store.write('key', record(1), durably)
  const { database } = await openSqlStore(path, () => 0)
  await database.kysely
    .updateTable('credentials')
    .set({ sealed: Buffer.alloc(80, 1) })
    .execute()
  const late = await open()
  await assert.rejects(late.store.read('key'), { code: 'RECORD_UNREADABLE' })
  assert.deepEqual(late.events, [{ type: 'tier', tier: 'sqlite', state: 'up', error: 'RECORD_UNREADABLE key' }])
  assert.equal(await late.store.readShared('key'), undefined)
  assert.equal(await late.store.write('key', record(2), { ...durably, expectedRevision: 0 }), true)
  assert.equal((await late.store.read('key')).record?.revision, 2)
  assert.equal((await database.kysely.selectFrom('unreadable_credentials').selectAll().execute()).length, 1)
  assert.deepEqual(events, [])
  await database.close()
})

test('the loss of the database is told once', async (context) => {
  const { open } = await setUp(context)
  const { store, durable } = await open()
  let isLost = false
  const events: BridgeEvent[] = []
  const losable = createTieredStore({
    durable: { ...durable, read: (key) => (isLost ? store.close().then(() => durable.read(key)) : durable.read(key)) },
    now: () => 1_000_000,
    monotonic: () => 0,
    sleep: async () => undefined,
    onEvent: (event) => events.push(event),
  })
  await losable.read('one')
  isLost = true
  await assert.rejects(losable.read('two'), { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(losable.read('three'), { code: 'STORE_UNAVAILABLE' })
  assert.deepEqual(
    events.map((event) => event.type === 'tier' && [event.tier, event.state]),
    [['sqlite', 'down']],
  )
})
