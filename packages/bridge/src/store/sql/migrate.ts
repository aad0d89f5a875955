import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { answered } from './as-unavailable.ts'
import type { SqlDatabase } from './sql-database.ts'

/** One step of a schema, never changed once released; `kysely` is inside the migration's transaction. */
export interface Migration {
  readonly name: string
  up(kysely: Kysely<never>): Promise<void>
}

interface MigrationTable {
  readonly schema_migrations: { readonly owner: string; readonly name: string }
}

/**
 * Brings the tables of `owner` up to date: each migration once, in order, in one transaction each. Any number of
 * processes may start at once on one database. Throws `STORE_UNAVAILABLE`.
 */
export async function migrate<Schema>(
  database: SqlDatabase<Schema>,
  owner: string,
  migrations: readonly Migration[],
): Promise<void> {
  const { write, dialect } = database as unknown as SqlDatabase<MigrationTable>
  await answered(
    dialect,
    write((transaction) =>
      sql`create table if not exists schema_migrations (
        owner varchar(64) not null, name varchar(120) not null, primary key (owner, name))`.execute(transaction),
    ),
  )
  for (const { name, up } of migrations) {
    await answered(
      dialect,
      write(async (transaction) => {
        const done = await transaction
          .selectFrom('schema_migrations')
          .select('name')
          .where('owner', '=', owner)
          .where('name', '=', name)
          .executeTakeFirst()
        if (done !== undefined) return
        await up(transaction as unknown as Kysely<never>)
        await transaction.insertInto('schema_migrations').values({ owner, name }).execute()
      }),
    )
  }
}
