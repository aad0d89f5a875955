import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { asUnavailable } from './as-unavailable.ts'
import { dialects } from './dialect.ts'
import type { SqlDatabase } from './sql-database.ts'
import { writeTransaction } from './write-transaction.ts'

/** How long one statement waits for another process's transaction, ms: the event loop stands still meanwhile. */
const BUSY_TIMEOUT_MS = 50

/** Several processes that start at once on a new file get in each other's way while it becomes a WAL database. */
const OPEN_ATTEMPTS = 50
const OPEN_PAUSE_MS = 20

/**
 * Opens a SQLite file, made if absent (folder 0700, file 0600), in WAL mode. `full`: a commit survives the loss of
 * power; `normal`: it survives a crash of the process. Throws `STORE_UNAVAILABLE`.
 */
export function openSqlite<Schema>({
  path,
  durability,
}: {
  readonly path: string
  readonly durability: 'full' | 'normal'
}): SqlDatabase<Schema> {
  const { sqlite } = dialects
  const database = openFile(path, durability)
  const dataVersion = database.prepare<[], number>('pragma data_version').pluck()
  const kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
  return {
    kysely,
    dialect: sqlite.name,
    write: (work) => writeTransaction(kysely, sqlite, work),
    dataVersion() {
      try {
        return dataVersion.get() ?? 0
      } catch (error) {
        throw asUnavailable(error, sqlite.name)
      }
    },
    async close() {
      await kysely.destroy()
      // Where no query was ever made, kysely never took the connection over.
      database.close()
    },
  }
}

function openFile(path: string, durability: 'full' | 'normal'): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // Made before SQLite makes it, so that at no moment others can read it; -wal and -shm take its mode.
    closeSync(openSync(path, 'a', 0o600))
    if (existsSync(path)) chmodSync(path, 0o600)
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
    trying(() => database.pragma('journal_mode = wal'))
    database.pragma(`synchronous = ${durability}`)
    database.pragma('foreign_keys = on')
    return database
  } catch (error) {
    throw asUnavailable(error, 'sqlite')
  }
}

/** SQLite refuses the change to WAL at once while another connection makes it, without its usual waiting. */
function trying(step: () => void): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      step()
      return
    } catch (error) {
      if (attempt === OPEN_ATTEMPTS || !dialects.sqlite.isBusy(error)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OPEN_PAUSE_MS)
    }
  }
}
