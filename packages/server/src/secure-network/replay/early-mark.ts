import { migrate } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { ReplayGuard } from './replay-guard.ts'

/** The table of the mark, for kysely. */
export interface EarlyMarkTables {
  /** One row: no message that was made after `ts` (ms since epoch, by its sender's clock) has been taken yet. */
  readonly early_marks: { readonly name: string; readonly ts: number }
}

/** Raised in steps, so that a phone whose clock is ahead costs a write in so many ms and not one a call. */
const STEP_MS = 5000
const NAME = 'replay'

/**
 * What has to be remembered when the memory of messages is gone: a phone whose clock is ahead may have been served with
 * a message from after the restart, which would then be taken a second time. Throws `STORE_UNAVAILABLE`.
 *
 * @returns `bootedAt`: what was made before it is refused; and a guard that keeps the mark ahead of what it takes, on
 * disk before the message runs
 */
export async function keepEarlyMark(
  database: SqlDatabase<EarlyMarkTables>,
  { guard, now }: { readonly guard: ReplayGuard; readonly now: () => number },
): Promise<{ readonly bootedAt: number; readonly guard: ReplayGuard }> {
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
  const kept = await database.kysely.selectFrom('early_marks').select('ts').where('name', '=', NAME).executeTakeFirst()
  const bootedAt = Math.max(now(), kept?.ts ?? 0)
  let mark = bootedAt

  const raise = async (ts: number): Promise<void> => {
    const next = ts + STEP_MS
    await database.write((transaction) =>
      transaction
        .insertInto('early_marks')
        .values({ name: NAME, ts: next })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ ts: next }).where('early_marks.ts', '<', next))
        .execute(),
    )
    mark = Math.max(mark, next)
  }

  return {
    bootedAt,
    guard: {
      take: (message) =>
        message.ts <= mark || message.ts <= now()
          ? guard.take(message)
          : raise(message.ts).then(() => guard.take(message)),
    },
  }
}
