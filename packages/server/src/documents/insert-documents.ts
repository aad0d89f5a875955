import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { Kysely } from 'kysely'
import type { Place } from './choose-lookups.ts'
import { documentLimits } from './document-limits.ts'
import type { Document } from './document-store.ts'
import type { DocumentTables } from './document-tables.ts'
import { indexDocument } from './index-document.ts'
import { parseBody } from './matching-documents.ts'
import type { FoundDocument } from './matching-documents.ts'

/** Inserts documents, all or none. Throws `DOCUMENT_EXISTS`, `DOCUMENT_TOO_LARGE`. */
export async function insertDocuments(
  transaction: Kysely<DocumentTables>,
  place: Place,
  documents: readonly Document[],
): Promise<void> {
  const rows = documents.map((document) => ({ document, row: rowOf(place, document) }))
  const ids = documents.map(({ _id }) => _id)
  const taken = await transaction
    .selectFrom('documents')
    .select('id')
    .where('space', '=', place.space)
    .where('collection', '=', place.collection)
    .where('id', 'in', ids)
    .executeTakeFirst()
  if (taken !== undefined || new Set(ids).size < ids.length)
    throw new DrawbridgeError('DOCUMENT_EXISTS', { collection: place.collection })
  for (const { document, row } of rows) {
    const { number } = await transaction
      .insertInto('documents')
      .values(row)
      .returning('number')
      .executeTakeFirstOrThrow()
    await indexDocument(transaction, place, { number, after: document })
  }
}

/** Writes documents in the place of what they were; those that are the same are left alone. Throws `DOCUMENT_TOO_LARGE`. */
export async function replaceDocuments(
  transaction: Kysely<DocumentTables>,
  place: Place,
  changes: readonly { readonly found: FoundDocument; readonly next: Document }[],
): Promise<void> {
  const rows = changes.map(({ found, next }) => ({ found, next, row: rowOf(place, next) }))
  for (const { found, next, row } of rows) {
    if (row.body === JSON.stringify(found.document)) continue
    await transaction
      .updateTable('documents')
      .set({ bytes: row.bytes, body: row.body })
      .where('number', '=', found.number)
      .execute()
    await indexDocument(transaction, place, { number: found.number, before: found.document, after: next })
  }
}

/** Removes documents. */
export async function removeDocuments(
  transaction: Kysely<DocumentTables>,
  place: Place,
  documents: readonly FoundDocument[],
): Promise<void> {
  for (const { number, document } of documents) {
    await indexDocument(transaction, place, { number, before: document })
    await transaction.deleteFrom('documents').where('number', '=', number).execute()
  }
}

/** The document with an id, if there is one. */
export async function documentById(
  read: Kysely<DocumentTables>,
  { space, collection }: Place,
  id: string,
): Promise<FoundDocument | undefined> {
  const row = await read
    .selectFrom('documents')
    .select(['number', 'bytes', 'body'])
    .where('space', '=', space)
    .where('collection', '=', collection)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && { number: row.number, bytes: row.bytes, document: parseBody(row.body) }
}

/** `document` with its `_id`, which is a text. Throws `DOCUMENT_INVALID`. */
export function withId(document: JsonObject, id: unknown): Document {
  const isId = typeof id === 'string' && id !== '' && id.length <= documentLimits.idChars
  if (!isId || !id.isWellFormed() || id.includes('\0'))
    throw new DrawbridgeError('DOCUMENT_INVALID', { field: '_id', reason: 'no text of 1 to 512 characters' })
  return Object.assign({ _id: id }, document, { _id: id })
}

function rowOf(
  { space, collection }: Place,
  document: Document,
): {
  readonly space: string
  readonly collection: string
  readonly id: string
  readonly bytes: number
  readonly body: string
} {
  const body = JSON.stringify(document)
  const bytes = Buffer.byteLength(body)
  if (bytes > documentLimits.documentBytes)
    throw new DrawbridgeError('DOCUMENT_TOO_LARGE', { collection, bytes, limit: documentLimits.documentBytes })
  return { space, collection, id: document._id, bytes, body }
}
