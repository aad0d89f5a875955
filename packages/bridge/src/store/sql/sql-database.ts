import type { Kysely } from 'kysely'
import type { Dialect } from './dialect.ts'

/** A database that is open. Reads go through `kysely`, writes through `write`. */
export interface SqlDatabase<Schema> {
  readonly kysely: Kysely<Schema>
  readonly dialect: Dialect['name']
  /**
   * One transaction: committed and durable when it resolves, rolled back when `work` throws. Waits its turn behind
   * other processes without holding up this one. `work` waits for nothing but the
   * database. Throws `STORE_UNAVAILABLE` when the database cannot be had; what `work` throws passes through.
   */
  write<Result>(work: (transaction: Kysely<Schema>) => Promise<Result>): Promise<Result>
  /**
   * Changes when another connection, of this process or another, has committed; costs a microsecond or two.
   * Throws `STORE_UNAVAILABLE`.
   */
  dataVersion(): number
  close(): Promise<void>
}
