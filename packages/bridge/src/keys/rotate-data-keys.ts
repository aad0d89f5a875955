import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialRecord } from '../store/record.ts'
import { answered } from '../store/sql/as-unavailable.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'

/** How far a rotation has come, in records. `total` counts those that were sealed with older keys at the start. */
export interface RotationProgress {
  readonly done: number
  readonly total: number
}

/** What a rotation did. */
export interface Rotation {
  readonly resealed: number
  /** Records that could not be opened; they keep their old key in the database. */
  readonly unreadable: number
  /** Old keys that are still there, because a record needs them. */
  readonly keysLeft: number
}

const BATCH = 100
/** A process that had not heard of the new key yet may have written meanwhile; what is left after so many looks stays. */
const ROUNDS_MOST = 5

/** Seals the records of older keys with the newest one, a batch at a time, and deletes the keys that none needs. */
export async function rotateDataKeys(deps: {
  readonly database: SqlDatabase<CredentialTables>
  readonly keyring: {
    seal(storageKey: string, record: CredentialRecord): Promise<{ readonly keyId: string; readonly bytes: Buffer }>
    open(storageKey: string, bytes: Buffer): Promise<CredentialRecord>
    currentKeyId(): string
  }
  readonly onProgress: (progress: RotationProgress) => void
}): Promise<Rotation> {
  const { database, keyring, onProgress } = deps
  const { kysely, dialect } = database
  const total = await countOld()
  const skipped = new Set<string>()
  let resealed = 0

  async function countOld(): Promise<number> {
    const { count } = await answered(
      dialect,
      kysely
        .selectFrom('credentials')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('key_id', '<>', keyring.currentKeyId())
        .executeTakeFirstOrThrow(),
    )
    return Number(count)
  }

  async function resealFrom(after: string): Promise<string | undefined> {
    const rows = await answered(
      dialect,
      kysely
        .selectFrom('credentials')
        .select(['key', 'long_key', 'revision', 'key_id', 'sealed'])
        .where('key_id', '<>', keyring.currentKeyId())
        .where('key', '>', after)
        .orderBy('key')
        .limit(BATCH)
        .execute(),
    )
    const fresh = await Promise.all(rows.map(reseal))
    await answered(
      dialect,
      database.write(async (transaction) => {
        for (const row of fresh) {
          if (row === undefined) continue
          // Whoever changed the record meanwhile has won: it is sealed with a key of its own time.
          const { numUpdatedRows } = await transaction
            .updateTable('credentials')
            .set({ sealed: row.bytes, key_id: row.keyId })
            .where('key', '=', row.key)
            .where('revision', '=', row.revision)
            .where('key_id', '=', row.oldKeyId)
            .executeTakeFirstOrThrow()
          resealed += Number(numUpdatedRows)
        }
      }),
    )
    onProgress({ done: Math.min(resealed, total), total })
    return rows.at(-1)?.key
  }

  async function reseal(
    row: Pick<CredentialTables['credentials'], 'key' | 'long_key' | 'revision' | 'key_id' | 'sealed'>,
  ) {
    const name = row.long_key ?? row.key
    try {
      const { keyId, bytes } = await keyring.seal(name, await keyring.open(name, row.sealed))
      return { key: row.key, revision: row.revision, oldKeyId: row.key_id, keyId, bytes }
    } catch (error) {
      if (!(error instanceof DrawbridgeError) || error.code !== 'RECORD_UNREADABLE') throw error
      skipped.add(row.key)
      return undefined
    }
  }

  onProgress({ done: 0, total })
  for (let round = 0; round < ROUNDS_MOST; round += 1) {
    let after: string | undefined = ''
    while (after !== undefined) after = await resealFrom(after)
    if ((await countOld()) <= skipped.size) break
  }
  return { resealed, unreadable: skipped.size, keysLeft: await deleteUnused(database, keyring.currentKeyId()) }
}

/** One statement: a record that comes under an old key at this moment keeps it. */
async function deleteUnused(database: SqlDatabase<CredentialTables>, currentKeyId: string): Promise<number> {
  return answered(
    database.dialect,
    database.write(async (transaction) => {
      const newest = await transaction
        .selectFrom('data_keys')
        .select('id')
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      await transaction
        .deleteFrom('data_keys')
        .where('id', 'not in', [currentKeyId, newest?.id ?? currentKeyId])
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('credentials').select('key').whereRef('credentials.key_id', '=', 'data_keys.id'))),
        )
        .execute()
      const left = await transaction.selectFrom('data_keys').select('id').execute()
      return left.length - 1
    }),
  )
}
