import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'

/** The tables of the timers, for kysely. */
export interface TimerTables {
  /** One row for each due moment of each trigger that a replica has taken. Moments are ms since epoch. */
  readonly timer_runs: {
    readonly space_id: string
    readonly function_name: string
    readonly trigger_name: string
    readonly due_at: number
    /** Who runs it. */
    readonly replica: string
    /** By that replica's clock. */
    readonly claimed_at: number
    /** null: it still runs, or its replica died. */
    readonly ended_at: number | null
    /** `ok`, or the code of the error that it ended with. */
    readonly code: string | null
  }
  /** One row for each trigger that there is: since when it is known as it is. */
  readonly timer_sights: {
    readonly space_id: string
    readonly function_name: string
    readonly trigger_name: string
    /** As its package.json says it: another expression is another trigger. */
    readonly cron: string
    /** ms since epoch, by the clock of the replica that saw it first. */
    readonly seen_at: number
  }
}

/** Makes or brings up to date the tables of timers. Throws `STORE_UNAVAILABLE`. */
export async function migrateTimerTables(database: SqlDatabase<TimerTables>): Promise<void> {
  await migrate(database, 'timers', [
    {
      name: '001-timer-runs',
      async up({ schema }) {
        await schema
          .createTable('timer_runs')
          .addColumn('space_id', 'varchar(64)', (column) => column.notNull())
          .addColumn('function_name', 'varchar(64)', (column) => column.notNull())
          .addColumn('trigger_name', 'varchar(60)', (column) => column.notNull())
          .addColumn('due_at', 'bigint', (column) => column.notNull())
          .addColumn('replica', 'varchar(191)', (column) => column.notNull())
          .addColumn('claimed_at', 'bigint', (column) => column.notNull())
          .addColumn('ended_at', 'bigint')
          .addColumn('code', 'varchar(64)')
          .addPrimaryKeyConstraint('timer_runs_key', ['space_id', 'function_name', 'trigger_name', 'due_at'])
          .execute()
        await schema.createIndex('timer_runs_due_at').on('timer_runs').column('due_at').execute()
      },
    },
    {
      name: '002-timer-sights',
      async up({ schema }) {
        await schema
          .createTable('timer_sights')
          .addColumn('space_id', 'varchar(64)', (column) => column.notNull())
          .addColumn('function_name', 'varchar(64)', (column) => column.notNull())
          .addColumn('trigger_name', 'varchar(60)', (column) => column.notNull())
          .addColumn('cron', 'text', (column) => column.notNull())
          .addColumn('seen_at', 'bigint', (column) => column.notNull())
          .addPrimaryKeyConstraint('timer_sights_key', ['space_id', 'function_name', 'trigger_name'])
          .execute()
      },
    },
  ])
}
