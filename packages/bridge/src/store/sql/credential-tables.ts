import { dialects } from './dialect.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrate.ts'
import type { SqlDatabase } from './sql-database.ts'

/** The tables of the bridge, column by column; moments are ms since epoch. */
export interface CredentialTables {
  readonly credentials: {
    /** The storage key, or a short form of it where it is too long for an index; see `storedKey`. */
    readonly key: string
    /** The storage key where `key` is a short form. */
    readonly long_key: string | null
    readonly revision: number
    /** null: never. */
    readonly expires_at: number | null
    readonly is_removed: 0 | 1
    /** 1: the fast tier may not have this change yet. */
    readonly is_fast_pending: 0 | 1
    /** Rises with each transaction that changes records: what came after a number is what others did not see yet. */
    readonly change_number: number
    readonly key_id: string
    readonly sealed: Buffer
    readonly updated_at: number
  }
  readonly data_keys: {
    readonly id: string
    /** The key with the highest number seals. */
    readonly number: number
    readonly wrapped: Buffer
    readonly created_at: number
  }
  readonly leases: {
    readonly name: string
    readonly owner: string
    readonly ends_at: number
  }
  /** Small facts that the replicas share, such as the last change number. */
  readonly store_facts: {
    readonly name: string
    readonly value: string
  }
  /** Records that could not be opened, set aside for a person to look at. */
  readonly unreadable_credentials: {
    readonly key: string
    readonly revision: number
    readonly key_id: string
    readonly sealed: Buffer
    readonly found_at: number
  }
}

/** Makes or brings up to date the tables of the bridge. Throws `STORE_UNAVAILABLE`. */
export async function migrateCredentialTables(database: SqlDatabase<CredentialTables>): Promise<void> {
  await migrate(database, 'bridge', migrations(database.dialect))
}

function migrations(dialect: keyof typeof dialects): readonly Migration[] {
  const { bytes } = dialects[dialect]
  return [
    {
      name: '001-credentials',
      async up({ schema }) {
        await schema
          .createTable('data_keys')
          .addColumn('id', 'varchar(16)', (column) => column.primaryKey())
          .addColumn('number', 'integer', (column) => column.notNull().unique())
          .addColumn('wrapped', bytes, (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .execute()
        await schema
          .createTable('credentials')
          .addColumn('key', 'varchar(191)', (column) => column.primaryKey().notNull())
          .addColumn('long_key', 'text')
          .addColumn('revision', 'bigint', (column) => column.notNull())
          .addColumn('expires_at', 'bigint')
          .addColumn('is_removed', 'smallint', (column) => column.notNull())
          .addColumn('is_fast_pending', 'smallint', (column) => column.notNull())
          .addColumn('change_number', 'bigint', (column) => column.notNull())
          // A key that records use cannot be deleted, and no record can come under a key that is gone.
          .addColumn('key_id', 'varchar(16)', (column) => column.notNull().references('data_keys.id'))
          .addColumn('sealed', bytes, (column) => column.notNull())
          .addColumn('updated_at', 'bigint', (column) => column.notNull())
          .execute()
        for (const column of ['expires_at', 'is_fast_pending', 'change_number', 'key_id']) {
          await schema.createIndex(`credentials_${column}`).on('credentials').column(column).execute()
        }
        await schema
          .createTable('leases')
          .addColumn('name', 'varchar(191)', (column) => column.primaryKey().notNull())
          .addColumn('owner', 'varchar(64)', (column) => column.notNull())
          .addColumn('ends_at', 'bigint', (column) => column.notNull())
          .execute()
        await schema
          .createTable('store_facts')
          .addColumn('name', 'varchar(64)', (column) => column.primaryKey().notNull())
          .addColumn('value', 'varchar(191)', (column) => column.notNull())
          .execute()
        await schema
          .createTable('unreadable_credentials')
          .addColumn('key', 'text', (column) => column.notNull())
          .addColumn('revision', 'bigint', (column) => column.notNull())
          .addColumn('key_id', 'varchar(16)', (column) => column.notNull())
          .addColumn('sealed', bytes, (column) => column.notNull())
          .addColumn('found_at', 'bigint', (column) => column.notNull())
          .execute()
      },
    },
  ]
}
