import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testFolder } from '../../../contract/open-stores.ts'
import { openSqlite } from './open-sqlite.ts'
import type { SqlDatabase } from './sql-database.ts'

interface Schema {
  readonly counters: { readonly name: string; readonly count: number }
}

async function openWithTable(path: string): Promise<SqlDatabase<Schema>> {
  const database = openSqlite<Schema>({ path, durability: 'full' })
  await sql`create table if not exists counters (name text primary key, count integer not null)`.execute(
    database.kysely,
  )
  return database
}

test('a new database, its folder and its side files are for their owner alone', async (context) => {
  const folder = join(await testFolder(context), 'deep', 'er')
  const database = await openWithTable(join(folder, 'a.sqlite'))
  const modes = await Promise.all(
    [folder, join(folder, 'a.sqlite'), join(folder, 'a.sqlite-wal'), join(folder, 'a.sqlite-shm')].map(
      async (path) => (await stat(path)).mode & 0o777,
    ),
  )
  assert.deepEqual(modes, [0o700, 0o600, 0o600, 0o600])
  await database.close()
})

test('full means that each commit reaches the disk, normal that it reaches the system', async (context) => {
  const folder = await testFolder(context)
  for (const [durability, synchronous] of [
    ['full', 2],
    ['normal', 1],
  ] as const) {
    const { kysely, close } = openSqlite<Schema>({ path: join(folder, `${durability}.sqlite`), durability })
    const pragma = async (name: string): Promise<unknown> =>
      Object.values((await sql<object>`pragma ${sql.raw(name)}`.execute(kysely)).rows[0] ?? {})[0]
    assert.equal(await pragma('synchronous'), synchronous)
    assert.equal(await pragma('journal_mode'), 'wal')
    assert.equal(await pragma('foreign_keys'), 1)
    await close()
  }
})

test('a place that cannot be written is told by name', async (context) => {
  const file = join(await testFolder(context), 'file')
  await writeFile(file, 'no folder')
  assert.throws(() => openSqlite({ path: join(file, 'a.sqlite'), durability: 'full' }), { code: 'STORE_UNAVAILABLE' })
  assert.throws(() => openSqlite({ path: file, durability: 'full' }), { code: 'STORE_UNAVAILABLE' })
})

test('a commit of another connection is noticed, and an own one is not', async (context) => {
  const path = join(await testFolder(context), 'a.sqlite')
  const [one, other] = [await openWithTable(path), await openWithTable(path)]
  const before = one.dataVersion()
  await one.write((transaction) => transaction.insertInto('counters').values({ name: 'own', count: 1 }).execute())
  assert.equal(one.dataVersion(), before)
  await other.write((transaction) => transaction.insertInto('counters').values({ name: 'other', count: 1 }).execute())
  assert.notEqual(one.dataVersion(), before)
  await one.close()
  await other.close()
})

test('what throws inside a transaction leaves nothing of it', async (context) => {
  const database = await openWithTable(join(await testFolder(context), 'a.sqlite'))
  await assert.rejects(
    database.write(async (transaction) => {
      await transaction.insertInto('counters').values({ name: 'x', count: 1 }).execute()
      throw new TypeError('of the work itself')
    }),
    TypeError,
  )
  assert.deepEqual(await database.kysely.selectFrom('counters').selectAll().execute(), [])
  await database.close()
})

test('writers of several connections wait for each other, and no count is lost', async (context) => {
  const path = join(await testFolder(context), 'a.sqlite')
  const databases = await Promise.all([openWithTable(path), openWithTable(path), openWithTable(path)])
  await databases[0].write((transaction) =>
    transaction.insertInto('counters').values({ name: 'x', count: 0 }).execute(),
  )
  const count = async ({ write }: SqlDatabase<Schema>): Promise<void> => {
    for (let step = 0; step < 10; step += 1) {
      await write(async (transaction) => {
        const { count } = await transaction.selectFrom('counters').select('count').executeTakeFirstOrThrow()
        await transaction
          .updateTable('counters')
          .set({ count: count + 1 })
          .execute()
      })
    }
  }
  await Promise.all(databases.map(count))
  assert.deepEqual(await databases[0].kysely.selectFrom('counters').select('count').execute(), [{ count: 30 }])
  for (const database of databases) await database.close()
})
