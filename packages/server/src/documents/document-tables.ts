import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { sql } from 'kysely'
import type { Generated } from 'kysely'

/** The tables of documents, column by column. */
export interface DocumentTables {
  readonly documents: {
    /** Rises with each insert: the order of a collection. */
    readonly number: Generated<number>
    readonly space: string
    readonly collection: string
    readonly id: string
    /** Of `body` in UTF-8. */
    readonly bytes: number
    /** The document as JSON. */
    readonly body: string
  }
  /** The fields of each collection that are looked up by value; an empty name stands for documents that have more. */
  readonly document_slots: {
    readonly number: Generated<number>
    readonly space: string
    readonly collection: string
    readonly field: string
  }
  /** Which documents hold a value in a field, or in a list there. */
  readonly document_values: {
    readonly slot: number
    readonly value: string
    readonly document: number
  }
}

/** Makes or brings up to date the tables of documents. Throws `STORE_UNAVAILABLE`. */
export async function migrateDocumentTables(database: SqlDatabase<DocumentTables>): Promise<void> {
  await migrate(database, 'documents', [
    {
      name: '001-documents',
      async up({ schema }) {
        await schema
          .createTable('documents')
          // Numbers are never used again, so that a document that a scan has yet to come to is not passed by.
          .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('space', 'varchar(64)', (column) => column.notNull())
          .addColumn('collection', 'varchar(64)', (column) => column.notNull())
          .addColumn('id', 'varchar(512)', (column) => column.notNull())
          .addColumn('bytes', 'integer', (column) => column.notNull())
          .addColumn('body', 'text', (column) => column.notNull())
          .addUniqueConstraint('documents_id', ['space', 'collection', 'id'])
          .execute()
        await schema.createIndex('documents_order').on('documents').columns(['space', 'collection', 'number']).execute()
        await schema
          .createTable('document_slots')
          .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('space', 'varchar(64)', (column) => column.notNull())
          .addColumn('collection', 'varchar(64)', (column) => column.notNull())
          .addColumn('field', 'varchar(256)', (column) => column.notNull())
          .addUniqueConstraint('document_slots_field', ['space', 'collection', 'field'])
          .execute()
        await schema
          .createTable('document_values')
          .addColumn('slot', 'integer', (column) => column.notNull())
          .addColumn('value', 'varchar(64)', (column) => column.notNull())
          .addColumn('document', 'integer', (column) => column.notNull())
          .addPrimaryKeyConstraint('document_values_key', ['slot', 'value', 'document'])
          .modifyEnd(sql`without rowid`)
          .execute()
      },
    },
  ])
}
