import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { Kysely } from 'kysely'
import { answered } from './answered.ts'
import { applyChange } from './apply-change.ts'
import { checkQuery, placeOf } from './check-query.ts'
import type { Place } from './choose-lookups.ts'
import { collectFound } from './collect-found.ts'
import { documentLimits } from './document-limits.ts'
import type { MakeDocumentId } from './document-ids.ts'
import type { DocumentStore } from './document-store.ts'
import type { DocumentTables } from './document-tables.ts'
import { matchDocument } from './match-document.ts'
import { documentsByNumber, matchingDocuments } from './matching-documents.ts'
import type { FoundDocument } from './matching-documents.ts'
import { settleDocument } from './settle-value.ts'
import { documentById, insertDocuments, removeDocuments, replaceDocuments, withId } from './insert-documents.ts'

/** The database, or one transaction of it. */
export interface DocumentGround {
  readonly read: Kysely<DocumentTables>
  write<Result>(work: (transaction: Kysely<DocumentTables>) => Promise<Result>): Promise<Result>
  readonly now: () => number
  readonly makeId: MakeDocumentId
}

/** Documents changed in one transaction: others wait meanwhile. */
const CHANGED_AT_ONCE = 100
/** How often a limited change looks again for documents when others took those that it found. */
const ROUNDS_MOST = 5

/** The operations of a store, inside a transaction or each in its own. */
export function createDocumentOperations({
  read,
  write,
  now,
  makeId,
}: DocumentGround): Omit<DocumentStore, 'transaction' | 'close'> {
  return {
    find: (spaceId, query) =>
      answered(async () => {
        const { place, where, ...wanted } = checkQuery(spaceId, query, now())
        return collectFound(matchingDocuments(read, place, where), wanted)
      }),

    count: (spaceId, query) =>
      answered(async () => {
        const { place, where } = checkQuery(spaceId, query, now())
        if (Object.keys(where).length === 0) return countAll(read, place)
        const found = matchingDocuments(read, place, where)
        let count = 0
        while ((await found.next()).done !== true) count += 1
        return count
      }),

    insert: (spaceId, collection, documents) =>
      answered(async () => {
        const place = placeOf(spaceId, collection)
        if (documents.length > documentLimits.limit)
          throw new DrawbridgeError('DOCUMENT_INVALID', { reason: 'too many documents', limit: documentLimits.limit })
        const settled = documents.map((document) => {
          const { _id = makeId() } = document
          return withId(settleDocument(document, now()), _id)
        })
        if (settled.length > 0) await write((transaction) => insertDocuments(transaction, place, settled))
        return settled.map(({ _id }) => _id)
      }),

    update: (spaceId, query, change) =>
      answered(async () => {
        const { place, where } = checkQuery(spaceId, query, now())
        const changed = applyChange(change, now())
        return changeEach(place, where, query.limit, (transaction, documents) =>
          replaceDocuments(
            transaction,
            place,
            documents.map((found) => ({ found, next: changed(found.document) })),
          ),
        )
      }),

    replace: (spaceId, collection, id, document) =>
      answered(async () => {
        const place = placeOf(spaceId, collection)
        if (document['_id'] !== undefined && document['_id'] !== id)
          throw new DrawbridgeError('DOCUMENT_INVALID', { field: '_id', reason: 'the _id stays' })
        const next = withId(settleDocument(document, now()), id)
        return write(async (transaction) => {
          const found = await documentById(transaction, place, id)
          if (found === undefined) await insertDocuments(transaction, place, [next])
          else await replaceDocuments(transaction, place, [{ found, next }])
          return found !== undefined
        })
      }),

    remove: (spaceId, query) =>
      answered(async () => {
        const { place, where } = checkQuery(spaceId, query, now())
        return changeEach(place, where, query.limit, (transaction, documents) =>
          removeDocuments(transaction, place, documents),
        )
      }),
  }

  /**
   * Changes what meets `where`, some documents in a transaction. What they are is found out before it, so that others
   * need not wait for a long search, and looked at once more inside.
   */
  async function changeEach(
    place: Place,
    where: JsonObject,
    limit: number | undefined,
    change: (transaction: Kysely<DocumentTables>, documents: readonly FoundDocument[]) => Promise<void>,
  ): Promise<number> {
    if (limit === 0) return 0
    const test = matchDocument(where)
    let done = 0

    async function changeSome(numbers: readonly number[]): Promise<void> {
      if (numbers.length === 0) return
      done += await write(async (transaction) => {
        const documents = await documentsByNumber(transaction, numbers)
        const current = documents.filter(({ document }) => test(document))
        await change(transaction, current)
        return current.length
      })
    }

    for (let round = 0; round < ROUNDS_MOST; round += 1) {
      const before = done
      let found = 0
      let some: number[] = []
      for await (const { number } of matchingDocuments(read, place, where)) {
        found += 1
        some.push(number)
        if (before + found === limit) break
        if (some.length < CHANGED_AT_ONCE) continue
        await changeSome(some)
        some = []
      }
      await changeSome(some)
      if (limit === undefined || done >= limit || done - before === found) break
    }
    return done
  }
}

async function countAll(read: Kysely<DocumentTables>, { space, collection }: Place): Promise<number> {
  const { count } = await read
    .selectFrom('documents')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('space', '=', space)
    .where('collection', '=', collection)
    .executeTakeFirstOrThrow()
  return count
}
