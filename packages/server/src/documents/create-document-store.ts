import type { SqlDatabase } from '@drawbridge/bridge'
import { createDocumentIds } from './document-ids.ts'
import { createDocumentOperations } from './document-operations.ts'
import type { DocumentStore } from './document-store.ts'
import type { DocumentTables } from './document-tables.ts'

/** What the store of documents is made of. */
export interface DocumentStoreDeps {
  /** With its tables made; closed with the store. */
  readonly database: SqlDatabase<DocumentTables>
  /** ms since epoch. */
  readonly now: () => number
  /** So many bytes. */
  readonly random: (length: number) => Uint8Array
}

/**
 * The store of documents on a SQL database. Fields with scalar values are looked up by an index of all of them; what an
 * index cannot decide is decided by looking at documents, up to a ceiling. An update or removal of many documents is not
 * one transaction, but each document is changed only if it still meets the conditions.
 */
export function createDocumentStore({ database, now, random }: DocumentStoreDeps): DocumentStore {
  const makeId = createDocumentIds({ now, random })
  return {
    ...createDocumentOperations({ read: database.kysely, write: database.write, now, makeId }),
    transaction: (work) =>
      database.write((transaction) =>
        work(createDocumentOperations({ read: transaction, write: (inner) => inner(transaction), now, makeId })),
      ),
    close: () => database.close(),
  }
}
