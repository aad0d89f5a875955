import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { testFolder } from '../../../contract/open-stores.ts'
import { createGroupCommit } from './group-commit.ts'
import type { GroupCommit } from './group-commit.ts'
import { openSqlite } from './open-sqlite.ts'

interface Schema {
  readonly names: { readonly name: string }
}

async function setUp(
  context: TestContext,
): Promise<{ group: GroupCommit<Schema>; transactions(): number; names(): Promise<string[]> }> {
  const database = openSqlite<Schema>({ path: join(await testFolder(context), 'a.sqlite'), durability: 'full' })
  context.after(() => database.close())
  await sql`create table names (name text primary key)`.execute(database.kysely)
  let transactions = 0
  return {
    group: createGroupCommit<Schema>({
      write(work) {
        transactions += 1
        return database.write(work)
      },
    }),
    transactions: () => transactions,
    names: async () =>
      (await database.kysely.selectFrom('names').select('name').orderBy('name').execute()).map(({ name }) => name),
  }
}

test('what is asked for in one turn is committed in one transaction', async (context) => {
  const { group, transactions, names } = await setUp(context)
  const jobs = Array.from({ length: 100 }, (_, index) =>
    group.commit(async (transaction) => {
      await transaction
        .insertInto('names')
        .values({ name: `${100 + index}` })
        .execute()
      return index
    }),
  )
  assert.deepEqual(
    await Promise.all(jobs),
    Array.from({ length: 100 }, (_, index) => index),
  )
  assert.equal(transactions(), 1)
  assert.equal((await names()).length, 100)
})

test('one that fails fails alone', async (context) => {
  const { group, names } = await setUp(context)
  const add = (name: string): Promise<unknown> =>
    group.commit((transaction) => transaction.insertInto('names').values({ name }).execute())
  await add('taken')
  const outcomes = await Promise.allSettled([add('a'), add('taken'), add('b')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await names(), ['a', 'b', 'taken'])
})

test('nothing is acknowledged before it is committed', async (context) => {
  const { group, names } = await setUp(context)
  const seen = group
    .commit((transaction) => transaction.insertInto('names').values({ name: 'a' }).execute())
    .then(() => names())
  void group.commit((transaction) => transaction.insertInto('names').values({ name: 'b' }).execute())
  assert.deepEqual(await seen, ['a', 'b'])
  await group.settled()
})

test('what is asked for while others are committed is not forgotten', async (context) => {
  const { group, names } = await setUp(context)
  const add = (name: string): Promise<unknown> =>
    group.commit((transaction) => transaction.insertInto('names').values({ name }).execute())
  const nested = add('a').then(() => Promise.all([add('b').then(() => add('c')), add('d')]))
  await add('e')
  await nested
  await group.settled()
  assert.deepEqual(await names(), ['a', 'b', 'c', 'd', 'e'])
})
