import type { JsonObject } from '@drawbridge/runtime'

/** A document; `_id` is its own in its collection. */
export type Document = JsonObject & { readonly _id: string }

/** What a space's functions keep: collections of JSON documents. Queries are MongoDB's, the subset that the contract names. */
export interface DocumentStore {
  /** Throws `DOCUMENT_QUERY_INVALID`, `STORE_UNAVAILABLE`. */
  find(spaceId: string, query: DocumentQuery): Promise<readonly Document[]>
  count(spaceId: string, query: Pick<DocumentQuery, 'collection' | 'where'>): Promise<number>
  /** Gives the ids; a missing `_id` is made. All or none. Throws `DOCUMENT_EXISTS` when an `_id` is taken: the way to claim a name. */
  insert(spaceId: string, collection: string, documents: readonly JsonObject[]): Promise<readonly string[]>
  /** Applies `change` (`$set`, `$unset`, `$inc`, `$push`, `$pull`, …) to each match; gives how many. */
  update(
    spaceId: string,
    query: Pick<DocumentQuery, 'collection' | 'where' | 'limit'>,
    change: JsonObject,
  ): Promise<number>
  /** Writes the whole document, new or not; true: there was one. */
  replace(spaceId: string, collection: string, id: string, document: JsonObject): Promise<boolean>
  remove(spaceId: string, query: Pick<DocumentQuery, 'collection' | 'where' | 'limit'>): Promise<number>
  /** All of `work` or none of it, alone in the store. */
  transaction<Result>(work: (store: Omit<DocumentStore, 'transaction' | 'close'>) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export interface DocumentQuery {
  readonly collection: string
  /** `{field: value, 'a.b': {$in: […]}, $or: […]}`; left out: every document. */
  readonly where?: JsonObject
  readonly orderBy?: readonly { readonly field: string; readonly direction: 'asc' | 'desc' }[]
  readonly skip?: number
  /** At most 1000; 100 when left out. */
  readonly limit?: number
  /** `{name: true}` or `{name: false}`; `_id` comes along unless it is set to false. */
  readonly field?: Readonly<Record<string, boolean>>
}
