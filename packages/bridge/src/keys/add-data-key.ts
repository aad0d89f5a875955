import { answered } from '../store/sql/as-unavailable.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'
import { createDataKey, unwrapKey } from './wrapped-key.ts'

/**
 * Adds a data key, which is the current one from then on; `onlyFirst`: only where there is none yet, so that of
 * several processes one adds it. Throws `MASTER_KEY_INVALID` where the keys that are there are not this master key's.
 */
export async function addDataKey(deps: {
  readonly database: SqlDatabase<CredentialTables>
  readonly masterKey: Uint8Array
  readonly now: () => number
  readonly onlyFirst: boolean
}): Promise<void> {
  const { database, masterKey, now, onlyFirst } = deps
  await answered(
    database.dialect,
    database.write(async (transaction) => {
      const newest = await transaction
        .selectFrom('data_keys')
        .select(['id', 'number', 'wrapped'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      // The master key may have been changed under this process: a key wrapped by the old one could never be read again.
      if (newest !== undefined) unwrapKey(newest.id, newest.wrapped, masterKey)
      if (newest !== undefined && onlyFirst) return
      const { dataKey, wrapped } = createDataKey(masterKey)
      await transaction
        .insertInto('data_keys')
        .values({ id: dataKey.id, number: (newest?.number ?? 0) + 1, wrapped, created_at: now() })
        .execute()
    }),
  )
}
