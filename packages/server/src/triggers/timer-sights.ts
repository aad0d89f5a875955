import type { SqlDatabase } from '@drawbridge/bridge'
import { askStore } from '../stores/ask-store.ts'
import type { TimerTables } from './timer-tables.ts'

const askTimers = askStore('timers')

/** A trigger as a project has it. */
export interface SightedTrigger {
  readonly name: string
  readonly trigger: string
  readonly cron: string
}

/**
 * Notes what triggers a space has, for all replicas, and tells since when each is known as it is, ms since epoch, in the
 * same order. One that is not among them is forgotten: should it come back, it is new. Throws `STORE_UNAVAILABLE`.
 */
export type TimerSights = (
  spaceId: string,
  triggers: readonly SightedTrigger[],
  at: number,
) => Promise<readonly number[]>

/** The sights over a database whose tables are there (`migrateTimerTables`). */
export function createTimerSights({ kysely, write }: SqlDatabase<TimerTables>): TimerSights {
  return (spaceId, triggers, at) =>
    askTimers(async () => {
      const known = await sightsOf(kysely, spaceId)
      const isSame =
        known.size === triggers.length && triggers.every((each) => known.get(keyOf(each))?.cron === each.cron)
      // Nearly every start finds what it left, and need not write.
      if (isSame) return triggers.map((each) => known.get(keyOf(each))?.seenAt ?? at)
      return write(async (transaction) => {
        const before = await sightsOf(transaction, spaceId)
        await transaction.deleteFrom('timer_sights').where('space_id', '=', spaceId).execute()
        const seen = triggers.map((each) => {
          const sight = before.get(keyOf(each))
          return sight?.cron === each.cron ? sight.seenAt : at
        })
        for (const [index, { name, trigger, cron }] of triggers.entries())
          await transaction
            .insertInto('timer_sights')
            .values({
              space_id: spaceId,
              function_name: name,
              trigger_name: trigger,
              cron,
              seen_at: seen[index] ?? at,
            })
            .execute()
        return seen
      })
    })
}

async function sightsOf(
  kysely: Pick<SqlDatabase<TimerTables>['kysely'], 'selectFrom'>,
  spaceId: string,
): Promise<ReadonlyMap<string, { readonly cron: string; readonly seenAt: number }>> {
  const rows = await kysely.selectFrom('timer_sights').selectAll().where('space_id', '=', spaceId).execute()
  return new Map(
    rows.map((row) => [
      keyOf({ name: row.function_name, trigger: row.trigger_name }),
      { cron: row.cron, seenAt: row.seen_at },
    ]),
  )
}

function keyOf({ name, trigger }: Pick<SightedTrigger, 'name' | 'trigger'>): string {
  return `${name}/${trigger}`
}
