import type { SqlDatabase } from '@drawbridge/bridge'
import type { Insertable, Selectable } from 'kysely'
import { askStore } from '../stores/ask-store.ts'
import type { AuditQuery, AuditRow } from './audit-entry.ts'
import type { AuditDatabase, AuditTable } from './audit-database.ts'

/** What is stored of the audit trail. Throws `STORE_UNAVAILABLE` when the database cannot answer. */
export interface AuditStore {
  /** One statement: all rows or none. At most `AUDIT_APPEND_MAX`. */
  append(rows: readonly Omit<AuditRow, 'id'>[]): Promise<void>
  /** Newest first. */
  find(query: AuditQuery): Promise<readonly AuditRow[]>
  /** Drops what is older than `before`, and the oldest rows beyond `maxRows`. */
  prune(options: { readonly before: number; readonly maxRows: number }): Promise<void>
}

/** Thirteen parameters a row: far below any database's bound, and short enough for the event loop to wait. */
export const AUDIT_APPEND_MAX = 200

const asked = askStore('audit')

/**
 * The store over a connection of its own, so that writing the trail never holds up a credential. Its tables are there
 * (`migrateAuditTables`); whoever opened the database closes it.
 */
export function createAuditStore({ kysely, write }: SqlDatabase<AuditDatabase>): AuditStore {
  return {
    append: (rows) =>
      asked(async () => {
        await write((transaction) => transaction.insertInto('audit').values(rows.map(toRow)).execute())
      }),

    find: ({ caller, appid, kind, from, to, before, limit }) =>
      asked(async () => {
        let select = kysely.selectFrom('audit').selectAll()
        if (caller !== undefined) select = select.where('caller', '=', caller)
        if (appid !== undefined) select = select.where('appid', '=', appid)
        if (kind !== undefined) select = select.where('kind', '=', kind)
        if (from !== undefined) select = select.where('last_at', '>=', from)
        if (to !== undefined) select = select.where('at', '<', to)
        if (before !== undefined) select = select.where('id', '<', before)
        const rows = await select.orderBy('id', 'desc').limit(limit).execute()
        return rows.map(fromRow)
      }),

    prune: ({ before, maxRows }) =>
      asked(async () => {
        await write(async (transaction) => {
          await transaction.deleteFrom('audit').where('last_at', '<', before).execute()
          const newest = await transaction
            .selectFrom('audit')
            .select('id')
            .orderBy('id', 'desc')
            .limit(1)
            .executeTakeFirst()
          // Ids rise by one, so counting is a subtraction; gaps only make fewer rows stay.
          if (newest)
            await transaction
              .deleteFrom('audit')
              .where('id', '<=', newest.id - maxRows)
              .execute()
        })
      }),
  }
}

function toRow(row: Omit<AuditRow, 'id'>): Insertable<AuditTable> {
  return {
    at: row.at,
    last_at: row.lastAt,
    count: row.count,
    caller: row.caller,
    address: row.address,
    verb: row.verb,
    kind: row.kind,
    platform: row.platform,
    appid: row.appid,
    openid: row.openid ?? null,
    variant: row.variant ?? null,
    result: row.result,
    request_id: row.requestId,
  }
}

function fromRow(row: Selectable<AuditTable>): AuditRow {
  return {
    id: row.id,
    at: row.at,
    lastAt: row.last_at,
    count: row.count,
    caller: row.caller,
    address: row.address,
    verb: row.verb,
    kind: row.kind,
    platform: row.platform,
    appid: row.appid,
    openid: row.openid ?? undefined,
    variant: row.variant ?? undefined,
    result: row.result,
    requestId: row.request_id,
  }
}
