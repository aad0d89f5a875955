import type { ExpressionBuilder } from 'kysely'
import type { SqlDatabase } from '@drawbridge/bridge'
import { askStore } from '../stores/ask-store.ts'
import type { TimerTables } from './timer-tables.ts'

const askTimers = askStore('timers')

/** One due moment of one trigger. */
export interface TimerDue {
  readonly spaceId: string
  readonly name: string
  readonly trigger: string
  /** ms since epoch. */
  readonly dueAt: number
}

/** Who runs what, for all replicas: for each due moment the database lets one insert win. Throws `STORE_UNAVAILABLE`. */
export interface TimerClaims {
  /** true to one caller in the fleet, for ever; false to all others. */
  claim(due: TimerDue, at: number): Promise<boolean>
  /** Notes how the run ended: `ok`, or an error's code. */
  finish(due: TimerDue, at: number, code: string): Promise<void>
  /** Drops what was due before this moment. */
  prune(before: number): Promise<void>
}

/**
 * The claims over a database whose table is there (`migrateTimerTables`); whoever opened it closes it.
 * @param replica who claims, for people.
 */
export function createTimerClaims({ kysely, write }: SqlDatabase<TimerTables>, replica: string): TimerClaims {
  return {
    claim: (due, at) =>
      askTimers(async () => {
        const taken = await kysely.selectFrom('timer_runs').select('replica').where(isOf(due)).executeTakeFirst()
        // Most replicas come too late, and need not wait for the lock to learn it.
        if (taken) return false
        const inserted = await write((transaction) =>
          transaction
            .insertInto('timer_runs')
            .values({
              space_id: due.spaceId,
              function_name: due.name,
              trigger_name: due.trigger,
              due_at: due.dueAt,
              replica,
              claimed_at: at,
              ended_at: null,
              code: null,
            })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst(),
        )
        return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
      }),

    finish: (due, at, code) =>
      askTimers(async () => {
        await write((transaction) =>
          transaction.updateTable('timer_runs').set({ ended_at: at, code }).where(isOf(due)).execute(),
        )
      }),

    prune: (before) =>
      askTimers(async () => {
        await write((transaction) => transaction.deleteFrom('timer_runs').where('due_at', '<', before).execute())
      }),
  }
}

function isOf({ spaceId, name, trigger, dueAt }: TimerDue) {
  return ({ and }: ExpressionBuilder<TimerTables, 'timer_runs'>) =>
    and({ space_id: spaceId, function_name: name, trigger_name: trigger, due_at: dueAt })
}
