import { DrawbridgeError } from '@drawbridge/protocol'
import { CompiledQuery } from 'kysely'
import type { Kysely } from 'kysely'
import { asUnavailable } from './as-unavailable.ts'
import type { Dialect } from './dialect.ts'
import { nextTurn } from './next-turn.ts'

/** Each attempt waits for the lock inside the database, its own time limit long; together some seconds. */
const ATTEMPTS_MOST = 100

/** Runs `work` in a transaction that holds the write lock from its start. See `SqlDatabase.write`. */
export async function writeTransaction<Schema, Result>(
  kysely: Kysely<Schema>,
  dialect: Dialect,
  work: (transaction: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const done = await kysely.connection().execute((connection) => oneAttempt(connection, dialect, work))
    if (done !== 'busy') return done.result
    if (attempt === ATTEMPTS_MOST)
      throw new DrawbridgeError('STORE_UNAVAILABLE', { store: dialect.name, reason: 'busy' })
    // Between attempts this process's own reads get the connection.
    await nextTurn()
  }
}

async function oneAttempt<Schema, Result>(
  connection: Kysely<Schema>,
  dialect: Dialect,
  work: (transaction: Kysely<Schema>) => Promise<Result>,
): Promise<{ readonly result: Result } | 'busy'> {
  try {
    await run(connection, dialect.beginWrite)
  } catch (error) {
    if (dialect.isBusy(error)) return 'busy'
    throw asUnavailable(error, dialect.name)
  }
  try {
    const result = await work(connection)
    await run(connection, 'commit').catch((error: unknown) => Promise.reject(asUnavailable(error, dialect.name)))
    return { result }
  } catch (error) {
    // The first error is the one to tell; a rollback fails where the database has rolled back by itself.
    await run(connection, 'rollback').catch(() => undefined)
    throw error
  }
}

async function run<Schema>(connection: Kysely<Schema>, statement: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(statement))
}
