import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlStore, testFolder } from '../../contract/open-stores.ts'
import { FAST_INCARNATION } from './durable-store.ts'
import type { CredentialRecord } from './record.ts'
import type { CredentialTables } from './sql/credential-tables.ts'

async function setUp(context: TestContext) {
  const clock = { at: 1_000_000 }
  const unreadable: string[] = []
  const path = join(await testFolder(context), 'store.sqlite')
  const opened = await openSqlStore(
    path,
    () => clock.at,
    (key) => unreadable.push(key),
  )
  context.after(() => opened.durable.close())
  return { ...opened, clock, unreadable, path }
}

function record(revision: number, changes: Partial<CredentialRecord> = {}): CredentialRecord {
  return {
    value: { access_token: `token ${revision}` },
    revision,
    obtainedAt: 0,
    expiresAt: null,
    source: 'pushed',
    ...changes,
  }
}

test('a column that contradicts the sealed record makes it unreadable', async (context) => {
  const { durable, database, unreadable } = await setUp(context)
  const changes: Partial<CredentialTables['credentials']>[] = [
    { revision: 99 },
    { expires_at: 9_999_999 },
    { is_removed: 1 },
    { sealed: Buffer.alloc(0) },
    { sealed: Buffer.from('not sealed at all, but long enough to be looked at') },
  ]
  for (const [index, change] of changes.entries()) {
    const key = `key ${index}`
    await durable.write(key, record(1))
    await database.kysely.updateTable('credentials').set(change).where('key', '=', key).execute()
    await assert.rejects(durable.read(key), { code: 'RECORD_UNREADABLE' }, key)
    assert.equal(await durable.read(key), undefined)
    assert.equal(await durable.write(key, record(1), 0), true)
  }
  assert.deepEqual(
    unreadable,
    changes.map((_, index) => `key ${index}`),
  )
})

test('a sealed record that was copied to another key does not open there', async (context) => {
  const { durable, database } = await setUp(context)
  await durable.write('mine', record(1))
  await durable.write('theirs', record(1))
  const { sealed } = await database.kysely
    .selectFrom('credentials')
    .select('sealed')
    .where('key', '=', 'theirs')
    .executeTakeFirstOrThrow()
  await database.kysely.updateTable('credentials').set({ sealed }).where('key', '=', 'mine').execute()
  await assert.rejects(durable.read('mine'), { code: 'RECORD_UNREADABLE' })
})

test('an unreadable record does not spoil a listing', async (context) => {
  const { durable, database, unreadable } = await setUp(context)
  for (const key of ['a', 'b', 'c']) await durable.write(key, record(1))
  await database.kysely
    .updateTable('credentials')
    .set({ sealed: Buffer.alloc(70) })
    .where('key', '=', 'b')
    .execute()
  assert.deepEqual(
    (await durable.list({ limit: 9 })).map(({ key }) => key),
    ['a', 'c'],
  )
  assert.deepEqual(unreadable, ['b'])
})

test('a change made as pending is on the list until that very change is taken off', async (context) => {
  const { durable } = await setUp(context)
  await durable.write('key', record(1), 0, { isFastPending: true })
  await durable.write('other', record(1), 0)
  assert.deepEqual(await durable.fastPending(9), [{ key: 'key', revision: 1, record: record(1) }])
  await durable.write('key', record(2), 1, { isFastPending: true })
  await durable.clearFastPending('key', 1)
  assert.deepEqual(await durable.fastPending(9), [{ key: 'key', revision: 2, record: record(2) }])
  await durable.clearFastPending('key', 2)
  assert.deepEqual(await durable.fastPending(9), [])
  await durable.markFastPending(['key', 'other', 'absent'])
  assert.equal((await durable.fastPending(9)).length, 2)
  assert.equal((await durable.fastPending(1)).length, 1)
})

test('a pending change that has ended stays on the list, and out of the sweep', async (context) => {
  const { durable, clock } = await setUp(context)
  await durable.write('pending', record(1, { expiresAt: clock.at + 10 }), 0, { isFastPending: true })
  await durable.write('done', record(1, { expiresAt: clock.at + 10 }))
  clock.at += 10
  assert.equal(await durable.sweep(), 1)
  assert.deepEqual(await durable.fastPending(9), [{ key: 'pending', revision: 1, record: undefined }])
  await durable.clearFastPending('pending', 1)
  assert.equal(await durable.sweep(), 1)
})

test('what a fast tier has missed for a month is forgotten, and the fast tier with it', async (context) => {
  const { durable, clock } = await setUp(context)
  await durable.remember(FAST_INCARNATION, 'a server')
  await durable.write('missed', record(1, { expiresAt: clock.at + 10 }), 0, { isFastPending: true })
  clock.at += 30 * 86_400_000 + 9
  assert.equal(await durable.sweep(), 0)
  assert.equal(await durable.recall(FAST_INCARNATION), 'a server')
  clock.at += 1
  assert.equal(await durable.sweep(), 1)
  assert.equal(await durable.recall(FAST_INCARNATION), '')
})

test('the feed names what others changed, and nothing twice', async (context) => {
  const { durable, path, clock } = await setUp(context)
  const other = await openSqlStore(path, () => clock.at)
  context.after(() => other.durable.close())
  const feed = durable.changes ?? assert.fail()
  const start = await feed.changesSince(undefined)
  assert.deepEqual(start.keys, [])
  assert.equal(feed.mayHaveChanged(), false)
  await other.durable.write('key', record(1), 0, { isFastPending: true })
  await other.durable.write('k'.repeat(300), record(4))
  assert.equal(feed.mayHaveChanged(), true)
  const next = await feed.changesSince(start.last)
  assert.deepEqual(next.keys, [
    { key: 'key', revision: 1, isFastPending: true },
    { key: 'k'.repeat(300), revision: 4, isFastPending: false },
  ])
  assert.equal(feed.mayHaveChanged(), false)
  assert.deepEqual((await feed.changesSince(next.last)).keys, [])
  // Taking a change off the list, or a lease, is no change of a record.
  await other.durable.clearFastPending('key', 1)
  assert.equal(feed.mayHaveChanged(), true)
  assert.deepEqual((await feed.changesSince(next.last)).keys, [])
})

test('facts are shared', async (context) => {
  const { durable } = await setUp(context)
  assert.equal(await durable.recall('fact'), undefined)
  await durable.remember('fact', 'one')
  await durable.remember('fact', 'two')
  assert.equal(await durable.recall('fact'), 'two')
})
