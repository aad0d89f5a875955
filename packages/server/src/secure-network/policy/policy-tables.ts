import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { Generated } from 'kysely'

/** The policies of the spaces and the trail of their changes, for kysely. Moments are ms since epoch. */
export interface PolicyTables {
  readonly client_policies: {
    readonly space_id: string
    /** Rises by one with every change, a reset included. */
    readonly revision: number
    /** JSON of a `PolicyContent`; null: the configuration's holds. */
    readonly content: string | null
    readonly changed_at: number
    readonly changed_by: string
  }
  readonly client_policy_changes: {
    readonly id: Generated<number>
    readonly space_id: string
    readonly revision: number
    readonly content: string | null
    readonly at: number
    readonly caller: string
    readonly address: string
    readonly request_id: string
  }
}

/** Makes or brings up to date the tables of policies. Throws `STORE_UNAVAILABLE`. */
export async function migratePolicyTables(database: SqlDatabase<PolicyTables>): Promise<void> {
  await migrate(database, 'client-policies', [
    {
      name: '001-policies',
      async up({ schema }) {
        await schema
          .createTable('client_policies')
          .addColumn('space_id', 'varchar(64)', (column) => column.primaryKey())
          .addColumn('revision', 'integer', (column) => column.notNull())
          .addColumn('content', 'text')
          .addColumn('changed_at', 'bigint', (column) => column.notNull())
          .addColumn('changed_by', 'varchar(191)', (column) => column.notNull())
          .execute()
        await schema
          .createTable('client_policy_changes')
          .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('space_id', 'varchar(64)', (column) => column.notNull())
          .addColumn('revision', 'integer', (column) => column.notNull())
          .addColumn('content', 'text')
          .addColumn('at', 'bigint', (column) => column.notNull())
          .addColumn('caller', 'varchar(191)', (column) => column.notNull())
          .addColumn('address', 'varchar(64)', (column) => column.notNull())
          .addColumn('request_id', 'varchar(64)', (column) => column.notNull())
          .execute()
        await schema
          .createIndex('client_policy_changes_space')
          .on('client_policy_changes')
          .columns(['space_id', 'revision'])
          .unique()
          .execute()
      },
    },
  ])
}
