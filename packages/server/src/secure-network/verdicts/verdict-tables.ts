import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { Generated } from 'kysely'

/** Verdicts one by one, and counts of all calls by the hour, for kysely. Moments are ms since epoch. */
export interface VerdictTables {
  readonly verdicts: {
    readonly id: Generated<number>
    readonly at: number
    readonly last_at: number
    readonly count: number
    readonly space_id: string
    readonly target: string
    /** What rules call the target. */
    readonly function_name: string
    readonly wire: string
    readonly outcome: string
    readonly code: string
    readonly reason: string
    readonly rule: string
    readonly app_id: string
    /** 1: the evidence is proven. */
    readonly proven: number
    /** JSON. */
    readonly evidence: string
    readonly request_id: string
  }
  readonly verdict_tallies: {
    readonly id: Generated<number>
    /** The beginning of the hour. */
    readonly hour: number
    /** SHA-256 of `facts`, hex. */
    readonly digest: string
    readonly space_id: string
    /** JSON of a `CallFactsKept`. */
    readonly facts: string
    readonly count: number
  }
}

/** Makes or brings up to date the tables of verdicts. Throws `STORE_UNAVAILABLE`. */
export async function migrateVerdictTables(database: SqlDatabase<VerdictTables>): Promise<void> {
  await migrate(database, 'verdicts', [
    {
      name: '001-verdicts',
      async up({ schema }) {
        await schema
          .createTable('verdicts')
          .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('at', 'bigint', (column) => column.notNull())
          .addColumn('last_at', 'bigint', (column) => column.notNull())
          .addColumn('count', 'integer', (column) => column.notNull())
          .addColumn('space_id', 'varchar(64)', (column) => column.notNull())
          .addColumn('target', 'varchar(300)', (column) => column.notNull())
          .addColumn('function_name', 'varchar(191)', (column) => column.notNull())
          .addColumn('wire', 'varchar(16)', (column) => column.notNull())
          .addColumn('outcome', 'varchar(16)', (column) => column.notNull())
          .addColumn('code', 'varchar(64)', (column) => column.notNull())
          .addColumn('reason', 'text', (column) => column.notNull())
          .addColumn('rule', 'text', (column) => column.notNull())
          .addColumn('app_id', 'varchar(128)', (column) => column.notNull())
          .addColumn('proven', 'integer', (column) => column.notNull())
          .addColumn('evidence', 'text', (column) => column.notNull())
          .addColumn('request_id', 'varchar(64)', (column) => column.notNull())
          .execute()
        // The id comes last in each, since pages are read by it.
        for (const column of ['space_id', 'function_name', 'code', 'app_id', 'last_at', 'proven'])
          await schema.createIndex(`verdicts_${column}`).on('verdicts').columns([column, 'id']).execute()
        await schema
          .createTable('verdict_tallies')
          .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
          .addColumn('hour', 'bigint', (column) => column.notNull())
          .addColumn('digest', 'varchar(64)', (column) => column.notNull())
          .addColumn('space_id', 'varchar(64)', (column) => column.notNull())
          .addColumn('facts', 'text', (column) => column.notNull())
          .addColumn('count', 'integer', (column) => column.notNull())
          .execute()
        await schema
          .createIndex('verdict_tallies_hour')
          .on('verdict_tallies')
          .columns(['hour', 'digest'])
          .unique()
          .execute()
      },
    },
  ])
}
