import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { FUTURE_MS } from '../usn1/check-time.ts'
import type { ReplayGuard } from './replay-guard.ts'

/** The table of the mark, for kysely. */
export interface EarlyMarkTables {
  /** One row: no message that was made after `ts` (ms since epoch, by its sender's clock) has been taken yet. */
  readonly early_marks: { readonly name: string; readonly ts: number }
}

/** Raised in steps, so that a phone whose clock is ahead costs a write in so many ms and not one a call. */
const STEP_MS = 5000
const NAME = 'replay'

/** How far ahead of the server phones have been served; on disk, for all replicas. */
export interface EarlyMark {
  /** What was made before is refused by a process whose memory is its own, ms since epoch. */
  readonly bootedAt: number
  /** The mark as it stands now, raised by whichever replica; 0: nothing has been early yet. */
  read(): Promise<number>
  /** The guard, with the mark kept ahead of what it takes: on disk before the message runs. */
  before(guard: ReplayGuard): ReplayGuard
}

/**
 * What has to be remembered when the memory of messages is gone: a phone whose clock is ahead may have been served with
 * a message from after the restart, which would then be taken a second time. Throws `STORE_UNAVAILABLE`.
 */
export async function keepEarlyMark(database: SqlDatabase<EarlyMarkTables>, now: () => number): Promise<EarlyMark> {
  await migrate(database, 'early-mark', [
    {
      name: '001-early-marks',
      async up({ schema }) {
        await schema
          .createTable('early_marks')
          .addColumn('name', 'varchar(32)', (column) => column.primaryKey())
          .addColumn('ts', 'bigint', (column) => column.notNull())
          .execute()
      },
    },
  ])
  const read = async (): Promise<number> => {
    const rows = database.kysely.selectFrom('early_marks').select('ts').where('name', '=', NAME)
    return (await rows.executeTakeFirst())?.ts ?? 0
  }
  const bootedAt = Math.max(now(), (await read()) + 1)
  let mark = bootedAt - 1
  let wanted = 0
  let raising: Promise<void> | undefined

  const raise = async (): Promise<void> => {
    // Never beyond what is taken: after a restart clients are told this time, and have to be let in by it.
    const next = Math.max(wanted, Math.min(wanted + STEP_MS, Math.floor(now()) + FUTURE_MS))
    await database.write((transaction) =>
      transaction
        .insertInto('early_marks')
        .values({ name: NAME, ts: next })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ ts: next }).where('early_marks.ts', '<', next))
        .execute(),
    )
    mark = Math.max(mark, next)
  }

  /** One write at a time, for all that wait for it. */
  const raised = async (ts: number): Promise<void> => {
    while (ts > mark) {
      wanted = Math.max(wanted, ts)
      raising ??= raise().finally(() => (raising = undefined))
      await raising
    }
  }

  return {
    bootedAt,
    read,
    before: (guard) => ({
      take: (message) =>
        message.ts <= mark || message.ts <= now()
          ? guard.take(message)
          : raised(message.ts).then(() => guard.take(message)),
    }),
  }
}
