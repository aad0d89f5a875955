import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { FileDatabase } from './file-database.ts'

/** Makes or brings up to date the tables of files. Throws `STORE_UNAVAILABLE`. */
export async function migrateFileTables(database: SqlDatabase<FileDatabase>): Promise<void> {
  await migrate(database, 'files', [
    {
      name: '001-files',
      async up({ schema }) {
        await schema
          .createTable('files')
          .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
          .addColumn('space_id', 'varchar(191)', (column) => column.notNull())
          .addColumn('path', 'varchar(512)', (column) => column.notNull())
          .addColumn('type', 'varchar(128)', (column) => column.notNull())
          .addColumn('size_bytes', 'bigint', (column) => column.notNull())
          .addColumn('charged_bytes', 'bigint', (column) => column.notNull())
          .addColumn('state', 'varchar(16)', (column) => column.notNull())
          .addColumn('address', 'varchar(64)', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('expires_at', 'bigint', (column) => column.notNull())
          .addColumn('deadline_at', 'bigint', (column) => column.notNull())
          .execute()
        await schema.createIndex('files_path').on('files').columns(['space_id', 'path', 'created_at']).execute()
        await schema.createIndex('files_state').on('files').columns(['state', 'deadline_at']).execute()
        await schema
          .createTable('file_usage')
          .addColumn('space_id', 'varchar(191)', (column) => column.primaryKey())
          .addColumn('bytes', 'bigint', (column) => column.notNull())
          .execute()
      },
    },
  ])
}
