import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { AuditDatabase } from './audit-database.ts'

/** Makes or brings up to date the table of the audit trail. Throws `STORE_UNAVAILABLE`. */
export async function migrateAuditTables(database: SqlDatabase<AuditDatabase>): Promise<void> {
  await migrate(database, 'audit', [
    {
      name: '001-audit',
      async up({ schema }) {
        await schema
          .createTable('audit')
          .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('at', 'bigint', (column) => column.notNull())
          .addColumn('last_at', 'bigint', (column) => column.notNull())
          .addColumn('count', 'integer', (column) => column.notNull())
          .addColumn('caller', 'varchar(191)', (column) => column.notNull())
          .addColumn('address', 'varchar(64)', (column) => column.notNull())
          .addColumn('verb', 'varchar(32)', (column) => column.notNull())
          .addColumn('kind', 'varchar(32)', (column) => column.notNull())
          .addColumn('platform', 'varchar(32)', (column) => column.notNull())
          .addColumn('appid', 'varchar(64)', (column) => column.notNull())
          .addColumn('openid', 'varchar(191)')
          .addColumn('variant', 'varchar(191)')
          .addColumn('result', 'varchar(64)', (column) => column.notNull())
          .addColumn('request_id', 'varchar(64)', (column) => column.notNull())
          .execute()
        // The id comes last in each, since pages are read by it.
        for (const column of ['caller', 'appid', 'kind', 'last_at']) {
          await schema.createIndex(`audit_${column}`).on('audit').columns([column, 'id']).execute()
        }
      },
    },
  ])
}
