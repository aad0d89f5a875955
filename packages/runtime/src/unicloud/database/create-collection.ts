import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '../../wire/worker-frame.ts'
import { createQuery } from './create-query.ts'
import type { AskDatabase, Query } from './create-query.ts'
import { encodeOperand, isPlainFields } from './encode-value.ts'

/** A collection of the space; it is there as soon as it has a document. */
export interface Collection extends Query {
  readonly name: string
  doc(id: string): DocumentReference
  /** One document: `{id}`; a list: `{ids, inserted}`. Rejects with `DOCUMENT_EXISTS` when an `_id` is taken. */
  add(data: unknown): Promise<{ readonly id: string } | { readonly ids: readonly string[]; readonly inserted: number }>
  /** Throws `UNICLOUD_NOT_SUPPORTED`. */
  aggregate(): never
}

/** One document by its `_id`, there or not. */
export interface DocumentReference {
  field(fields: Readonly<Record<string, unknown>>): Pick<Query, 'get'>
  /** `data`: the document in a list, or an empty one. */
  get: Query['get']
  /** The whole document, new or not; `upsertedId` when it is new. */
  set(data: unknown): Promise<{
    readonly updated: number
    readonly upsertedId?: string
    readonly affectedDocs: number
  }>
  update: Query['update']
  updateAndReturn: Query['updateAndReturn']
  remove: Query['remove']
}

/** Makes `db.collection(name)`. */
export function createCollection(ask: AskDatabase, name: string): Collection {
  return {
    ...createQuery(ask, name),
    name,
    doc: (id) => createDocument(ask, name, id),
    async add(data) {
      if (!Array.isArray(data)) {
        const [id = ''] = textsOf(await ask('insert', { collection: name, documents: [encodeFields(data)] }))
        return { id }
      }
      const ids = textsOf(await ask('insert', { collection: name, documents: data.map(encodeFields) }))
      return { ids, inserted: ids.length }
    },
    aggregate() {
      throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: 'aggregate', instead: 'where, orderBy and field' })
    },
  }
}

function createDocument(ask: AskDatabase, collection: string, id: unknown): DocumentReference {
  // Given as a value, so that an id that is an object is refused and never means other documents.
  const query = createQuery(ask, collection).where({ _id: { $eq: id ?? null } })
  const checked = <Result>(then: () => Promise<Result>): Promise<Result> =>
    typeof id === 'string' && id !== ''
      ? then()
      : Promise.reject(new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field: '_id', reason: 'doc() takes a text' }))
  return {
    field: (fields) => ({ get: (options) => checked(() => query.field(fields).get(options)) }),
    get: (options) => checked(() => query.get(options)),
    set: (data) =>
      checked(async () => {
        const wasThere = await ask('replace', { collection, id: String(id), document: encodeFields(data) })
        return wasThere === true
          ? { updated: 1, affectedDocs: 1 }
          : { updated: 0, upsertedId: String(id), affectedDocs: 1 }
      }),
    update: (data) => checked(() => query.update(data)),
    updateAndReturn: (data) => checked(() => query.updateAndReturn(data)),
    remove: () => checked(() => query.remove()),
  }
}

function encodeFields(data: unknown): JsonObject {
  const encoded = isPlainFields(data) ? encodeOperand(data) : null
  if (!isPlainFields(encoded)) throw new DrawbridgeError('DOCUMENT_INVALID', { field: 'data', reason: 'no object' })
  return encoded
}

function textsOf(answer: unknown): readonly string[] {
  return Array.isArray(answer) ? answer.map(String) : []
}
