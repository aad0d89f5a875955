import { DrawbridgeError } from '@drawbridge/protocol'
import { command } from './command.ts'
import type { Command } from './command.ts'
import { createCollection } from './create-collection.ts'
import type { Collection } from './create-collection.ts'
import type { AskDatabase } from './create-query.ts'
import { serverDate } from './encode-value.ts'

/** What `uniCloud.database()` gives: the documents of the space that the function runs in. */
export interface Database {
  collection(name: string): Collection
  readonly command: Command
  /** The server's time at the moment of writing, `offset` ms later. */
  serverDate(options?: { readonly offset?: number }): object
  /** A regular expression; only one that is plain text with `^`, `$` and the option `i` can be searched by. */
  readonly RegExp: new (options: {
    readonly regexp?: string
    readonly regex?: string
    readonly options?: string
  }) => RegExp
  /** Its members throw `UNICLOUD_NOT_SUPPORTED`. */
  readonly Geo: Readonly<Record<string, () => never>>
  /** Rejects with `UNICLOUD_NOT_SUPPORTED`. */
  startTransaction(): Promise<never>
  /** Rejects with `UNICLOUD_NOT_SUPPORTED`. */
  runTransaction(): Promise<never>
}

/** uniCloud's database in a function's process; `ask` puts what is asked to the server, which decides everything. */
export function createDatabase(ask: AskDatabase): Database {
  const transaction = (): Promise<never> =>
    Promise.reject(unsupported('transactions', 'one change with several operators, or add() with an _id as a claim'))
  return {
    collection: (name) => createCollection(ask, name),
    command,
    serverDate,
    RegExp: PatternOf as unknown as Database['RegExp'],
    Geo: geo,
    startTransaction: transaction,
    runTransaction: transaction,
  }
}

/** Called with `new`, as uniCloud's is; what it gives is a RegExp. */
function PatternOf(given: { readonly regexp?: string; readonly regex?: string; readonly options?: string }): RegExp {
  return new RegExp(given.regexp ?? given.regex ?? '', given.options)
}

const geo: Readonly<Record<string, () => never>> = Object.fromEntries(
  ['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'].map((name) => [
    name,
    function () {
      throw unsupported(`db.Geo.${name}`, 'numbers of longitude and latitude')
    },
  ]),
)

function unsupported(what: string, instead: string): DrawbridgeError {
  return new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what, instead })
}
