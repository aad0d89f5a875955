import { sql } from 'kysely'
import type { ColumnDataType, Expression, RawBuilder } from 'kysely'

/** What one SQL database does otherwise than the others; everything else is one code path. */
export interface Dialect {
  readonly name: 'sqlite'
  /** Binary content of some kilobytes. */
  readonly bytes: ColumnDataType
  /** Starts a transaction that is going to write. */
  readonly beginWrite: string
  /** Whether another process holds the lock, so that trying again will do. */
  isBusy(error: unknown): boolean
  /**
   * Inserts a row, or replaces the one that has the same `key` column where `condition` holds for it. The number of
   * affected rows tells whether anything was written.
   */
  upsertWhere(upsert: Upsert): RawBuilder<unknown>
}

/** One conditional upsert; `condition` speaks of the row that is there, by `table.column`. */
export interface Upsert {
  readonly table: string
  readonly key: string
  readonly row: Readonly<Record<string, unknown>>
  readonly condition: Expression<unknown>
}

/** The dialects by name. Text compares byte by byte in each (MySQL: utf8mb4_bin). */
export const dialects: Readonly<Record<Dialect['name'], Dialect>> = Object.freeze(
  Object.assign(Object.create(null) as Record<Dialect['name'], Dialect>, {
    sqlite: {
      name: 'sqlite',
      bytes: 'blob',
      // The lock is taken at once: a transaction that reads first and writes later cannot wait for it.
      beginWrite: 'begin immediate',
      isBusy: (error) => sqliteCode(error)?.startsWith('SQLITE_BUSY') === true,
      upsertWhere: ({ table, key, row, condition }) => {
        const columns = Object.keys(row)
        const changed = columns.filter((column) => column !== key)
        return sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
          values (${sql.join(columns.map((column) => row[column]))})
          on conflict (${sql.ref(key)}) do update set
          ${sql.join(changed.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))}
          where ${condition}`
      },
    },
  } satisfies Record<Dialect['name'], Dialect>),
)

function sqliteCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
