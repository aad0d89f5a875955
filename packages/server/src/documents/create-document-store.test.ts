import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { openSqlite } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { sql } from 'kysely'
import { chooseLookups } from './choose-lookups.ts'
import { createDocumentStore } from './create-document-store.ts'
import type { DocumentStore } from './document-store.ts'
import { DOCUMENT_CONTRACT_NOW } from './document-model-check-fixture.ts'
import { documentStoreContract } from './document-store-contract-fixture.ts'
import { migrateDocumentTables } from './document-tables.ts'
import type { DocumentTables } from './document-tables.ts'
import { planLookup } from './plan-lookup.ts'

const run = promisify(execFile)

async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-documents-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function open(
  context: TestContext,
): Promise<{ readonly store: DocumentStore; readonly database: SqlDatabase<DocumentTables> }> {
  const path = join(await folderFor(context), 'documents.sqlite')
  const database = openSqlite<DocumentTables>({ path, durability: 'normal' })
  await migrateDocumentTables(database)
  return { store: createDocumentStore({ database, now: () => DOCUMENT_CONTRACT_NOW, random: randomBytes }), database }
}

documentStoreContract('SQLite', async (context) => (await open(context)).store, { runs: 150 })

test('of several processes that claim the same names each name has one owner', async (context) => {
  const path = join(await folderFor(context), 'documents.sqlite')
  const program = join(import.meta.dirname, 'insert-until-taken-fixture.ts')
  const outputs = await Promise.all(Array.from({ length: 3 }, () => run(process.execPath, [program, path])))
  assert.equal(
    outputs.reduce((sum, { stdout }) => sum + Number(stdout), 0),
    50,
  )
  const database = openSqlite<DocumentTables>({ path, durability: 'normal' })
  const store = createDocumentStore({ database, now: Date.now, random: randomBytes })
  assert.equal(await store.count('s', { collection: 'names' }), 50)
  await store.close()
})

test('a look at more than 100 000 documents is refused, and a value among them is found without it', async (context) => {
  const { store, database } = await open(context)
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 100001)
    insert into documents (space, collection, id, bytes, body)
    select 's', 'users', 'id' || i, 40, json_object('_id', 'id' || i, 'n', i) from n`.execute(database.kysely)
  await store.insert('s', 'users', [{ _id: 'one', wx_openid: { mp: 'openid' }, roles: ['admin'] }])
  const tooMany = { code: 'DOCUMENT_SCAN_TOO_LARGE' }
  await assert.rejects(store.count('s', { collection: 'users', where: { n: { $gt: 100_000_000 } } }), tooMany)
  await assert.rejects(
    store.update('s', { collection: 'users', where: { n: { $lt: 0 } } }, { $set: { x: 1 } }),
    tooMany,
  )
  for (const where of [
    { 'wx_openid.mp': 'openid' },
    { _id: 'one' },
    { roles: { $all: ['admin'] } },
    { $and: [{ $or: [{ 'wx_openid.mp': 'openid' }, { wx_unionid: 'none' }] }, { n: { $exists: false } }] },
  ]) {
    assert.deepEqual(
      (await store.find('s', { collection: 'users', where })).map(({ _id }) => _id),
      ['one'],
    )
    assert.equal(await store.count('s', { collection: 'users', where }), 1)
  }
  assert.equal(await store.count('s', { collection: 'users' }), 100_002)
  await store.close()
})

test('of several ways to find documents the one that finds fewest is taken', async (context) => {
  const { store, database } = await open(context)
  await store.insert(
    's',
    'c',
    Array.from({ length: 50 }, (_, n) => ({ _id: `${n}`, app: 'one', n })),
  )
  const plan = planLookup({ app: 'one', $or: [{ n: 3 }, { n: { $in: [4, 5] } }] })
  assert.ok(plan)
  const lookups = await chooseLookups(database.kysely, { space: 's', collection: 'c' }, plan)
  assert.deepEqual(
    lookups?.map(({ keys }) => keys),
    [['n3'], ['n4', 'n5']],
  )
  await store.close()
})

test('documents with more values than are looked up by are found all the same', async (context) => {
  const { store } = await open(context)
  const many = Array.from({ length: 300 }, (_, n) => `value ${n}`)
  await store.insert('s', 'c', [
    { _id: 'large', list: many, z: 1 },
    { _id: 'small', list: ['value 7'], z: 1 },
  ])
  const ids = async (where: object): Promise<readonly string[]> =>
    (await store.find('s', { collection: 'c', where: { ...where } })).map(({ _id }) => _id)
  assert.deepEqual(await ids({ list: 'value 299' }), ['large'])
  assert.deepEqual(await ids({ list: 'value 7' }), ['large', 'small'])
  await store.update('s', { collection: 'c', where: { _id: 'large' } }, { $set: { list: ['value 299'] } })
  assert.deepEqual(await ids({ list: 'value 299' }), ['large'])
  assert.deepEqual(await ids({ list: 'value 298' }), [])
  await store.update('s', { collection: 'c', where: { _id: 'small' } }, { $set: { list: many } })
  assert.deepEqual(await ids({ list: 'value 298', z: 1 }), ['small'])
  await store.remove('s', { collection: 'c', where: { list: 'value 298' } })
  assert.deepEqual(await ids({ z: 1 }), ['large'])
  await store.close()
})

test('a collection may have more fields than it is looked up by', async (context) => {
  const { store } = await open(context)
  for (let n = 0; n < 300; n += 50)
    await store.insert(
      's',
      'c',
      Array.from({ length: 50 }, (_, at) => ({ _id: `${n + at}`, [`field${n + at}`]: 'x' })),
    )
  for (const n of [0, 255, 256, 299])
    assert.equal((await store.find('s', { collection: 'c', where: { [`field${n}`]: 'x' } }))[0]?._id, `${n}`)
  await store.update('s', { collection: 'c', where: { _id: '299' } }, { $set: { other: 1 } })
  assert.equal(await store.count('s', { collection: 'c', where: { field299: 'x' } }), 1)
  await store.update('s', { collection: 'c', where: { _id: '299' } }, { $unset: { field299: '', other: '' } })
  assert.equal(await store.count('s', { collection: 'c', where: { field299: 'x' } }), 0)
  await store.close()
})

test('a database that fails is told by name, without the words of its driver', async (context) => {
  const { store, database } = await open(context)
  await sql`drop table documents`.execute(database.kysely)
  await assert.rejects(store.find('s', { collection: 'c' }), (error: unknown) => {
    assert.ok(error instanceof DrawbridgeError)
    assert.equal(error.code, 'STORE_UNAVAILABLE')
    assert.deepEqual(error.detail, { store: 'documents', reason: 'SQLITE_ERROR' })
    return true
  })
  await store.close()
})
