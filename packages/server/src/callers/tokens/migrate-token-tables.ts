import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { TokenDatabase } from './token-database.ts'

/** Makes or brings up to date the table of bearer tokens. Throws `STORE_UNAVAILABLE`. */
export async function migrateTokenTables(database: SqlDatabase<TokenDatabase>): Promise<void> {
  await migrate(database, 'tokens', [
    {
      name: '001-bearer-tokens',
      async up({ schema }) {
        await schema
          .createTable('bearer_tokens')
          .addColumn('id', 'varchar(32)', (column) => column.primaryKey().notNull())
          .addColumn('name', 'varchar(64)', (column) => column.notNull())
          .addColumn('secret_hash', 'varchar(64)', (column) => column.notNull().unique())
          .addColumn('scopes', 'text', (column) => column.notNull())
          .addColumn('created_by', 'varchar(191)', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('expires_at', 'bigint', (column) => column.notNull())
          .addColumn('last_used_at', 'bigint')
          .addColumn('revoked_at', 'bigint')
          .execute()
      },
    },
  ])
}
