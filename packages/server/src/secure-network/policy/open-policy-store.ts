import { openSqlite } from '@drawbridge/bridge'
import { createPolicyStore } from './create-policy-store.ts'
import type { PolicyStore, PolicyStoreDeps } from './create-policy-store.ts'
import { createPolicyRows } from './policy-rows.ts'
import { migratePolicyTables } from './policy-tables.ts'
import type { PolicyTables } from './policy-tables.ts'

/**
 * Opens the policies in a SQLite file and reads them; without them no server should start. Nothing stays open when it
 * throws. Throws `STORE_UNAVAILABLE`.
 */
export async function openPolicyStore({
  path,
  ...deps
}: { readonly path: string } & Omit<PolicyStoreDeps, 'rows' | 'dataVersion'>): Promise<PolicyStore> {
  const database = openSqlite<PolicyTables>({ path, durability: 'full' })
  try {
    await migratePolicyTables(database)
    const store = createPolicyStore({
      ...deps,
      rows: createPolicyRows(database),
      dataVersion: () => database.dataVersion(),
    })
    await store.refresh()
    return {
      ...store,
      async close() {
        await store.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
