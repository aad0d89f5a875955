import { answered } from '../store/sql/as-unavailable.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'
import { unwrapKey, wrapKey } from './wrapped-key.ts'

/** Wraps every data key with `newMasterKey` in one transaction. Throws `MASTER_KEY_INVALID` and then changes nothing. */
export async function rewrapDataKeys(deps: {
  readonly database: SqlDatabase<CredentialTables>
  readonly masterKey: Uint8Array
  readonly newMasterKey: Uint8Array
}): Promise<void> {
  const { database, masterKey, newMasterKey } = deps
  await answered(
    database.dialect,
    database.write(async (transaction) => {
      const rows = await transaction.selectFrom('data_keys').select(['id', 'wrapped']).execute()
      for (const { id, wrapped } of rows) {
        const rewrapped = wrapKey(id, unwrapKey(id, wrapped, masterKey), newMasterKey)
        await transaction.updateTable('data_keys').set({ wrapped: rewrapped }).where('id', '=', id).execute()
      }
    }),
  )
}
