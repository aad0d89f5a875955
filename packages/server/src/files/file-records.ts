import type { SqlDatabase } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { FileDatabase, FileTable } from './file-database.ts'
import type { FileKey } from './file-key.ts'
import { askStore } from '../stores/ask-store.ts'

const asked = askStore('files')

/** A file that is there. */
export interface FileRecord extends FileKey {
  readonly path: string
  readonly type: string
  readonly sizeBytes: number
  /** ms since epoch. */
  readonly createdAt: number
}

/** What is known of a file before its content has come. Moments are ms since epoch. */
export interface FileClaim extends FileKey {
  readonly path: string
  readonly type: string
  /** At most; the room is set aside. */
  readonly sizeBytes: number
  readonly address: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly deadlineAt: number
}

/** What is known of files. Each method throws `STORE_UNAVAILABLE`. */
export interface FileRecords {
  /** Sets the room aside. Throws `FILE_TICKET_SPENT` when the id is taken, `FILE_QUOTA_EXCEEDED`. */
  claim(claim: FileClaim, quotaBytes: number): Promise<void>
  /** The content has come; false: the claim has ended meanwhile. */
  settle(key: FileKey, sizeBytes: number): Promise<boolean>
  find(key: FileKey): Promise<FileRecord | undefined>
  /** The newest of that path that came since then. */
  findByPath(spaceId: string, path: string, since: number): Promise<FileRecord | undefined>
  /** Nobody finds it from now on; false: nobody did. Its content is the caller's to remove. */
  leave(key: FileKey): Promise<boolean>
  /** The content is removed: its room is free. */
  forget(key: FileKey, at: number): Promise<void>
  /** Files whose content has to be removed, abandoned ones included; at most `limit`. */
  leaving(at: number, limit: number): Promise<readonly FileKey[]>
  /** Drops what only guarded tickets that have expired. */
  prune(at: number): Promise<void>
  usedBytes(spaceId: string): Promise<number>
}

/** A file takes a block of the disk and a row however small it is: so a quota bounds their number too. */
const CHARGE_MIN_BYTES = 4096

/** Over a database whose tables are there (`migrateFileTables`); whoever opened it closes it. */
export function createFileRecords({ kysely, write }: SqlDatabase<FileDatabase>): FileRecords {
  return {
    claim: (claim, quotaBytes) =>
      asked(() =>
        write(async (transaction) => {
          const taken = await transaction.selectFrom('files').select('id').where('id', '=', claim.id).executeTakeFirst()
          if (taken) throw new DrawbridgeError('FILE_TICKET_SPENT')
          const charged = Math.max(claim.sizeBytes, CHARGE_MIN_BYTES)
          const used = await usedIn(transaction, claim.spaceId)
          if (used + charged > quotaBytes) throw new DrawbridgeError('FILE_QUOTA_EXCEEDED', { limit: quotaBytes })
          await transaction.insertInto('files').values(toRow(claim, charged)).execute()
          await charge(transaction, claim.spaceId, charged)
        }),
      ),

    settle: ({ spaceId, id }, sizeBytes) =>
      asked(() =>
        write(async (transaction) => {
          const row = await rowOf(transaction, { spaceId, id })
          if (row?.state !== 'pending') return false
          const charged = Math.max(sizeBytes, CHARGE_MIN_BYTES)
          await transaction
            .updateTable('files')
            .set({ state: 'ready', size_bytes: sizeBytes, charged_bytes: charged })
            .where('id', '=', id)
            .execute()
          await charge(transaction, spaceId, charged - row.charged_bytes)
          return true
        }),
      ),

    find: (key) =>
      asked(async () => {
        const row = await rowOf(kysely, key)
        return row?.state === 'ready' ? fromRow(row) : undefined
      }),

    findByPath: (spaceId, path, since) =>
      asked(async () => {
        const row = await kysely
          .selectFrom('files')
          .selectAll()
          .where('space_id', '=', spaceId)
          .where('path', '=', path)
          .where('created_at', '>=', since)
          .where('state', '=', 'ready')
          .orderBy('created_at', 'desc')
          .limit(1)
          .executeTakeFirst()
        return row && fromRow(row)
      }),

    leave: ({ spaceId, id }) =>
      asked(() =>
        write(async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable('files')
            .set({ state: 'leaving' })
            .where('id', '=', id)
            .where('space_id', '=', spaceId)
            .where('state', 'in', ['pending', 'ready'])
            .executeTakeFirst()
          return numUpdatedRows > 0n
        }),
      ),

    forget: ({ spaceId, id }, at) =>
      asked(() =>
        write(async (transaction) => {
          const row = await rowOf(transaction, { spaceId, id })
          if (row?.state !== 'leaving') return
          await charge(transaction, spaceId, -row.charged_bytes)
          if (row.expires_at < at) await transaction.deleteFrom('files').where('id', '=', id).execute()
          else
            await transaction
              .updateTable('files')
              .set({ state: 'spent', charged_bytes: 0 })
              .where('id', '=', id)
              .execute()
        }),
      ),

    leaving: (at, limit) =>
      asked(async () => {
        await write((transaction) =>
          transaction
            .updateTable('files')
            .set({ state: 'leaving' })
            .where('state', '=', 'pending')
            .where('deadline_at', '<', at)
            .execute(),
        )
        const rows = await kysely
          .selectFrom('files')
          .select(['id', 'space_id'])
          .where('state', '=', 'leaving')
          .limit(limit)
          .execute()
        return rows.map(({ id, space_id: spaceId }) => ({ spaceId, id }))
      }),

    prune: (at) =>
      asked(async () => {
        await write((transaction) =>
          transaction.deleteFrom('files').where('state', '=', 'spent').where('expires_at', '<', at).execute(),
        )
      }),

    usedBytes: (spaceId) => asked(() => usedIn(kysely, spaceId)),
  }
}

async function usedIn(kysely: Kysely<FileDatabase>, spaceId: string): Promise<number> {
  const row = await kysely.selectFrom('file_usage').select('bytes').where('space_id', '=', spaceId).executeTakeFirst()
  return row?.bytes ?? 0
}

async function charge(transaction: Kysely<FileDatabase>, spaceId: string, bytes: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('file_usage')
    .set(({ eb }) => ({ bytes: eb('bytes', '+', bytes) }))
    .where('space_id', '=', spaceId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) await transaction.insertInto('file_usage').values({ space_id: spaceId, bytes }).execute()
}

function rowOf(kysely: Kysely<FileDatabase>, { spaceId, id }: FileKey): Promise<Selectable<FileTable> | undefined> {
  return kysely.selectFrom('files').selectAll().where('id', '=', id).where('space_id', '=', spaceId).executeTakeFirst()
}

function toRow(claim: FileClaim, charged: number): FileTable {
  return {
    id: claim.id,
    space_id: claim.spaceId,
    path: claim.path,
    type: claim.type,
    size_bytes: claim.sizeBytes,
    charged_bytes: charged,
    state: 'pending',
    address: claim.address,
    created_at: claim.createdAt,
    expires_at: claim.expiresAt,
    deadline_at: claim.deadlineAt,
  }
}

function fromRow(row: Selectable<FileTable>): FileRecord {
  return {
    spaceId: row.space_id,
    id: row.id,
    path: row.path,
    type: row.type,
    sizeBytes: row.size_bytes,
    createdAt: row.created_at,
  }
}
