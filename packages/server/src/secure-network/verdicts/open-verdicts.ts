import { openSqlite } from '@drawbridge/bridge'
import { createVerdicts } from './create-verdicts.ts'
import type { Verdicts } from './create-verdicts.ts'
import { createVerdictStore } from './verdict-store.ts'
import { migrateVerdictTables } from './verdict-tables.ts'
import type { VerdictTables } from './verdict-tables.ts'

/**
 * Opens the verdicts in a SQLite file of their own, whose many commits disturb nobody; they survive a crash of the
 * process but not a loss of power. Throws `STORE_UNAVAILABLE`.
 */
export async function openVerdicts({
  path,
  ...options
}: { readonly path: string } & Omit<Parameters<typeof createVerdicts>[0], 'store'>): Promise<Verdicts> {
  const database = openSqlite<VerdictTables>({ path, durability: 'normal' })
  try {
    await migrateVerdictTables(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const verdicts = createVerdicts({ ...options, store: createVerdictStore(database) })
  return {
    record: (verdict) => {
      verdicts.record(verdict)
    },
    query: (query) => verdicts.query(query),
    dryRun: (spaceId, since, policy) => verdicts.dryRun(spaceId, since, policy),
    get state() {
      return verdicts.state
    },
    async close() {
      await verdicts.close()
      await database.close()
    },
  }
}
