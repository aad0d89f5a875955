import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { testFolder } from '../../../contract/open-stores.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrate.ts'
import { openSqlite } from './open-sqlite.ts'

interface Schema {
  readonly steps: { readonly name: string }
}

const first: Migration = {
  name: '001-steps',
  async up({ schema }) {
    await schema.createTable('steps').addColumn('name', 'text').execute()
  },
}
const second: Migration = {
  name: '002-row',
  up: (kysely) => sql`insert into steps values ('second')`.execute(kysely).then(() => undefined),
}
const broken: Migration = {
  name: '003-broken',
  async up(kysely) {
    await sql`insert into steps values ('half done')`.execute(kysely)
    await sql`insert into no_such_table values (1)`.execute(kysely)
  },
}

test('each migration is done once, in order, also when it is asked for again', async (context) => {
  const database = openSqlite<Schema>({ path: join(await testFolder(context), 'a.sqlite'), durability: 'full' })
  await migrate(database, 'one', [first])
  await migrate(database, 'one', [first, second])
  await migrate(database, 'one', [first, second])
  assert.deepEqual(await database.kysely.selectFrom('steps').selectAll().execute(), [{ name: 'second' }])
  await database.close()
})

test('owners do not know of each other', async (context) => {
  const database = openSqlite<Schema>({ path: join(await testFolder(context), 'a.sqlite'), durability: 'full' })
  await migrate(database, 'one', [first, second])
  await migrate(database, 'other', [second])
  assert.equal((await database.kysely.selectFrom('steps').selectAll().execute()).length, 2)
  await database.close()
})

test('a migration that fails leaves nothing half done, and is tried again', async (context) => {
  const database = openSqlite<Schema>({ path: join(await testFolder(context), 'a.sqlite'), durability: 'full' })
  await assert.rejects(migrate(database, 'one', [first, broken]), { code: 'STORE_UNAVAILABLE' })
  assert.deepEqual(await database.kysely.selectFrom('steps').selectAll().execute(), [])
  await migrate(database, 'one', [first, { ...second, name: broken.name }])
  assert.equal((await database.kysely.selectFrom('steps').selectAll().execute()).length, 1)
  await database.close()
})

test('five processes that start at once on a new file get through, and the tables are made once', async (context) => {
  const path = join(await testFolder(context), 'new', 'a.sqlite')
  const starter = join(import.meta.dirname, '../../../contract/start-store.ts')
  const run = promisify(execFile)
  const outputs = await Promise.all(Array.from({ length: 5 }, () => run(process.execPath, [starter, path])))
  assert.equal(new Set(outputs.map(({ stdout }) => stdout)).size, 1)
  assert.match(outputs[0]?.stdout ?? '', /^[0-9a-f]{16}\n$/)
})
