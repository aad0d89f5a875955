import { openSqlite } from '@drawbridge/bridge'
import type { AuditDatabase } from './audit-database.ts'
import { createAuditStore } from './audit-store.ts'
import { createAudit } from './create-audit.ts'
import type { Audit } from './create-audit.ts'
import { migrateAuditTables } from './migrate-audit-tables.ts'

/**
 * Opens the audit trail in a SQLite file: the credentials' own, or another. Its connection is its own, and its commits
 * survive a crash of the process but not a loss of power. Throws `STORE_UNAVAILABLE`.
 */
export async function openAudit({
  path,
  ...options
}: { readonly path: string } & Omit<Parameters<typeof createAudit>[0], 'store'>): Promise<Audit> {
  const database = openSqlite<AuditDatabase>({ path, durability: 'normal' })
  try {
    await migrateAuditTables(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const audit = createAudit({ ...options, store: createAuditStore(database) })
  return {
    record: (entry) => {
      audit.record(entry)
    },
    query: (query) => audit.query(query),
    get state() {
      return audit.state
    },
    async close() {
      await audit.close()
      await database.close()
    },
  }
}
