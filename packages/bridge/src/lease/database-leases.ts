import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { answered } from '../store/sql/as-unavailable.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import { dialects } from '../store/sql/dialect.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'
import { storedKey } from '../store/sql/stored-key.ts'
import { heldUntil } from './held-until.ts'
import type { Leases } from './leases.ts'

/** Replicas may have been told lengths of their own, but none this many times another's. */
const LENGTHS_MOST = 10

/** Leases in the database, for several processes on one machine, or replicas without Redis. Needs the bridge's tables. */
export function createDatabaseLeases(deps: {
  readonly database: SqlDatabase<CredentialTables>
  readonly now: () => number
  readonly monotonic: () => number
}): Leases {
  const { database, now, monotonic } = deps
  const { dialect } = database
  const { upsertWhere } = dialects[dialect]
  return {
    name: 'database',
    async acquire(key, ttlMs) {
      const name = storedKey(key)
      const owner = randomUUID()
      const startedAt = monotonic()
      const at = now()
      const row = { name, owner, ends_at: at + ttlMs }
      // One that ends later than any lease could was given by a clock that was far ahead.
      const condition = sql`leases.ends_at <= ${at} or leases.ends_at > ${at + LENGTHS_MOST * ttlMs}`
      const { numAffectedRows } = await answered(
        dialect,
        database.write((transaction) =>
          upsertWhere({ table: 'leases', key: 'name', row, condition }).execute(transaction),
        ),
      )
      if (numAffectedRows !== 1n) return undefined
      return {
        endsAt: row.ends_at,
        isHeld: heldUntil({ endsAt: row.ends_at, monotonicEnd: startedAt + ttlMs, now, monotonic }),
        async release() {
          const release = database.write((transaction) =>
            transaction.deleteFrom('leases').where('name', '=', name).where('owner', '=', owner).execute(),
          )
          // One that is not released ends by itself.
          await release.catch(() => undefined)
        },
      }
    },
    // The database belongs to the store, which closes it.
    close: () => Promise.resolve(),
  }
}
