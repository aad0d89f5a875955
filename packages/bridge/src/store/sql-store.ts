import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Keyring, Sealed } from '../keys/keyring.ts'
import { FAST_INCARNATION } from './durable-store.ts'
import type { ChangedKeys, DurableStore } from './durable-store.ts'
import type { CredentialRecord } from './record.ts'
import { answered } from './sql/as-unavailable.ts'
import { migrateCredentialTables } from './sql/credential-tables.ts'
import type { CredentialTables } from './sql/credential-tables.ts'
import { nextChangeNumber, lastChangeNumber } from './sql/change-number.ts'
import { dialects } from './sql/dialect.ts'
import { createGroupCommit } from './sql/group-commit.ts'
import type { SqlDatabase } from './sql/sql-database.ts'
import { storedKey } from './sql/stored-key.ts'

type Tables = CredentialTables
type Row = Tables['credentials']

/** What a SQL store needs; `onUnreadable` is told of each record that was set aside. */
export interface SqlStoreDeps {
  readonly database: SqlDatabase<Tables>
  readonly keyring: Keyring
  readonly now: () => number
  readonly onUnreadable?: (key: string) => void
}

/** More changes than this at once, and everything is doubted rather than each one named. */
const CHANGES_MOST = 1_000
/** What the fast tier has missed is remembered for so long after it has ended, ms. */
const PENDING_MOST_MS = 30 * 86_400_000

/**
 * The durable tier on SQL, its records sealed. Brings its tables up to date. The columns beside the sealed record are
 * for querying only: where they contradict it, it is unreadable. Throws `STORE_UNAVAILABLE`.
 */
export async function createSqlStore(deps: SqlStoreDeps): Promise<DurableStore> {
  const { database, keyring, now, onUnreadable = () => undefined } = deps
  const { kysely, dialect } = database
  const { upsertWhere } = dialects[dialect]
  const { commit, settled } = createGroupCommit(database)
  await migrateCredentialTables(database)

  /** The record of a row; what cannot be opened is set aside, so that it stands in nobody's way for ever. */
  async function opened(row: Row): Promise<CredentialRecord> {
    const name = row.long_key ?? row.key
    try {
      const record = await keyring.open(name, row.sealed)
      if (record.revision !== row.revision || record.expiresAt !== row.expires_at) throw unreadable(name)
      if ((record.value === null) !== (row.is_removed === 1)) throw unreadable(name)
      return record
    } catch (error) {
      if (!isUnreadable(error)) throw error
      await setAside(row)
      throw unreadable(name)
    }
  }

  async function openedIfReadable(row: Row): Promise<CredentialRecord | undefined> {
    try {
      return await opened(row)
    } catch (error) {
      if (isUnreadable(error)) return undefined
      throw error
    }
  }

  async function setAside(row: Row): Promise<void> {
    const name = row.long_key ?? row.key
    const isMoved = await commit(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('credentials')
        .where('key', '=', row.key)
        .where('revision', '=', row.revision)
        .where('sealed', '=', row.sealed)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) return false
      const { revision, key_id, sealed } = row
      const found_at = now()
      await transaction
        .insertInto('unreadable_credentials')
        .values({ key: name, revision, key_id, sealed, found_at })
        .execute()
      return true
    })
    if (isMoved) onUnreadable(name)
  }

  async function write(
    key: string,
    record: CredentialRecord,
    expectedRevision: number | undefined,
    isFastPending: boolean,
  ): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      const sealed = await keyring.seal(key, record)
      const outcome = await commit((transaction) =>
        compareAndSet(transaction, rowOf(key, record, sealed, isFastPending), expectedRevision),
      )
      if (outcome !== 'key-gone') return outcome
      // This process slept through a rotation; the list of keys says by which one its key was replaced.
      if (attempt > 0) throw new DrawbridgeError('STORE_UNAVAILABLE', { store: dialect, reason: 'data key' })
      await keyring.reload()
    }
  }

  async function compareAndSet(
    transaction: Kysely<Tables>,
    row: Row,
    expectedRevision: number | undefined,
  ): Promise<boolean | 'key-gone'> {
    const key = await transaction.selectFrom('data_keys').select('id').where('id', '=', row.key_id).executeTakeFirst()
    if (key === undefined) return 'key-gone'
    const isWritten = await upsertIf(transaction, row, expectedRevision)
    if (isWritten) {
      const change_number = await nextChangeNumber(transaction, dialects[dialect])
      await transaction.updateTable('credentials').set({ change_number }).where('key', '=', row.key).execute()
    }
    return isWritten
  }

  /** The statement that decides who won. */
  async function upsertIf(transaction: Kysely<Tables>, row: Row, expectedRevision = -1): Promise<boolean> {
    const hasEnded = sql`(credentials.expires_at is not null and credentials.expires_at <= ${now()})`
    if (expectedRevision > 0) {
      const { key: _key, ...changes } = row
      const { numUpdatedRows } = await transaction
        .updateTable('credentials')
        .set(changes)
        .where('key', '=', row.key)
        .where('revision', '=', expectedRevision)
        .where('revision', '<', row.revision)
        .where(sql<boolean>`not ${hasEnded}`)
        .executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    }
    const condition = expectedRevision === 0 ? hasEnded : sql`(${hasEnded} or credentials.revision < ${row.revision})`
    const { numAffectedRows } = await upsertWhere({
      table: 'credentials',
      key: 'key',
      row: { ...row },
      condition,
    }).execute(transaction)
    return numAffectedRows !== undefined && numAffectedRows > 0n
  }

  function rowOf(key: string, record: CredentialRecord, { keyId, bytes }: Sealed, isFastPending: boolean): Row {
    const stored = storedKey(key)
    return {
      key: stored,
      long_key: stored === key ? null : key,
      revision: record.revision,
      expires_at: record.expiresAt,
      is_removed: record.value === null ? 1 : 0,
      is_fast_pending: isFastPending ? 1 : 0,
      change_number: 0,
      key_id: keyId,
      sealed: bytes,
      updated_at: now(),
    }
  }

  function isLive({ expires_at }: Pick<Row, 'expires_at'>): boolean {
    return expires_at === null || expires_at > now()
  }

  async function changesSince(number: number | undefined): Promise<ChangedKeys> {
    const last = await lastChangeNumber(kysely)
    if (number === undefined || number === last) return { keys: [], last }
    // A number that has fallen: the file was replaced by an older one.
    if (number > last) return { keys: 'all', last }
    const rows = await kysely
      .selectFrom('credentials')
      .select(['key', 'long_key', 'revision', 'is_fast_pending'])
      .where('change_number', '>', number)
      .limit(CHANGES_MOST)
      .execute()
    if (rows.length === CHANGES_MOST) return { keys: 'all', last }
    const keys = rows.map((row) => ({
      key: row.long_key ?? row.key,
      revision: row.revision,
      isFastPending: row.is_fast_pending === 1,
    }))
    return { keys, last }
  }

  async function sweep(transaction: Kysely<Tables>): Promise<number> {
    // What is pending stays: the fast tier may still hold what came before it.
    const ended = await transaction
      .deleteFrom('credentials')
      .where('expires_at', '<=', now())
      .where('is_fast_pending', '=', 0)
      .executeTakeFirstOrThrow()
    const missed = await transaction
      .deleteFrom('credentials')
      .where('expires_at', '<=', now() - PENDING_MOST_MS)
      .executeTakeFirstOrThrow()
    // A fast tier that was away for so long, or is used no more, is not believed again before it was emptied.
    if (missed.numDeletedRows > 0n) await rememberIn(transaction, FAST_INCARNATION, '')
    return Number(ended.numDeletedRows + missed.numDeletedRows)
  }

  async function rememberIn(transaction: Kysely<Tables>, name: string, value: string): Promise<void> {
    const upsert = { table: 'store_facts', key: 'name', row: { name, value }, condition: sql`1 = 1` }
    await upsertWhere(upsert).execute(transaction)
  }

  let seenVersion: number | undefined

  return {
    name: dialect,
    async read(key) {
      const query = kysely.selectFrom('credentials').selectAll().where('key', '=', storedKey(key))
      const row = await answered(dialect, query.executeTakeFirst())
      return row !== undefined && isLive(row) ? answered(dialect, opened(row)) : undefined
    },
    write: (key, record, expectedRevision, { isFastPending = false } = {}) =>
      answered(dialect, write(key, record, expectedRevision, isFastPending)),
    async list({ prefix = '', after = '', limit }) {
      const rows = await answered(
        dialect,
        kysely
          .selectFrom('credentials')
          .selectAll()
          .where('key', '>=', prefix.slice(0, 120))
          .where('key', '<', `${prefix.slice(0, 120)}\u{10FFFF}`)
          .where('key', '>', storedKey(after))
          .where('is_removed', '=', 0)
          .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now())]))
          .orderBy('key')
          .limit(limit)
          .execute(),
      )
      const listed = await Promise.all(
        rows
          .filter((row) => (row.long_key ?? row.key).startsWith(prefix))
          .map(async (row) => ({
            key: row.long_key ?? row.key,
            // One that cannot be opened is reported and set aside by this, and left out.
            record: await openedIfReadable(row),
          })),
      )
      return listed.flatMap(({ key, record }) => (record === undefined ? [] : [{ key, record }]))
    },
    async sweep() {
      return answered(dialect, commit(sweep))
    },
    async markFastPending(keys) {
      if (keys.length === 0) return
      const marking = commit((transaction) =>
        transaction
          .updateTable('credentials')
          .set({ is_fast_pending: 1 })
          .where('key', 'in', keys.map(storedKey))
          .execute(),
      )
      await answered(dialect, marking)
    },
    async fastPending(limit) {
      const query = kysely
        .selectFrom('credentials')
        .selectAll()
        .where('is_fast_pending', '=', 1)
        .orderBy('key')
        .limit(limit)
      const rows = await answered(dialect, query.execute())
      return Promise.all(
        rows.map(async (row) => {
          const record = isLive(row) ? await openedIfReadable(row) : undefined
          return { key: row.long_key ?? row.key, revision: row.revision, record }
        }),
      )
    },
    async clearFastPending(key, revision) {
      const clearing = commit((transaction) =>
        transaction
          .updateTable('credentials')
          .set({ is_fast_pending: 0 })
          .where('key', '=', storedKey(key))
          .where('revision', '=', revision)
          .execute(),
      )
      await answered(dialect, clearing)
    },
    async recall(fact) {
      const query = kysely.selectFrom('store_facts').select('value').where('name', '=', fact)
      return (await answered(dialect, query.executeTakeFirst()))?.value
    },
    async remember(fact, value) {
      await answered(
        dialect,
        commit((transaction) => rememberIn(transaction, fact, value)),
      )
    },
    changes: {
      mayHaveChanged: () => database.dataVersion() !== seenVersion,
      async changesSince(number) {
        // The version before the look: what is committed during it will be looked at again.
        const version = database.dataVersion()
        const changed = await answered(dialect, changesSince(number))
        seenVersion = version
        return changed
      },
    },
    async close() {
      await settled()
      await database.close()
    },
  }
}

function unreadable(key: string): DrawbridgeError {
  return new DrawbridgeError('RECORD_UNREADABLE', { key })
}

function isUnreadable(error: unknown): boolean {
  return error instanceof DrawbridgeError && error.code === 'RECORD_UNREADABLE'
}
