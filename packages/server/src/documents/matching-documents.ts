import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { chooseLookups } from './choose-lookups.ts'
import type { Place, SlotLookup } from './choose-lookups.ts'
import { documentLimits } from './document-limits.ts'
import type { Document } from './document-store.ts'
import type { DocumentTables } from './document-tables.ts'
import { matchDocument } from './match-document.ts'
import { planLookup } from './plan-lookup.ts'

/** A document that meets the conditions. */
export interface FoundDocument {
  readonly number: number
  readonly bytes: number
  readonly document: Document
}

/** What is parsed in one turn of the event loop. */
const TURN_BYTES = 1024 * 1024
const TURN_DOCUMENTS = 500
/** Pages of numbers grow: each costs the union of its lookups anew. */
const PAGE_LEAST = 100
const PAGE_MOST = 32_000

/**
 * The documents that meet `where`, in the order in which they were inserted, read as they are asked for. Between pieces
 * of work the event loop has its turn. Throws `DOCUMENT_QUERY_INVALID`, `DOCUMENT_SCAN_TOO_LARGE`.
 */
export async function* matchingDocuments(
  read: Kysely<DocumentTables>,
  place: Place,
  where: JsonObject,
): AsyncGenerator<FoundDocument, void, undefined> {
  const test = matchDocument(where)
  const plan = planLookup(where)
  const lookups = plan === undefined ? undefined : await chooseLookups(read, place, plan)
  let examined = 0
  for await (const found of readDocuments(read, place, lookups)) {
    examined += 1
    if (examined > documentLimits.scanned)
      throw new DrawbridgeError('DOCUMENT_SCAN_TOO_LARGE', {
        collection: place.collection,
        limit: documentLimits.scanned,
      })
    if (test(found.document)) yield found
  }
}

/** The documents with these numbers, in their order. A number stands for one document for ever. */
export async function documentsByNumber(
  read: Kysely<DocumentTables>,
  numbers: readonly number[],
): Promise<readonly FoundDocument[]> {
  if (numbers.length === 0) return []
  const rows = await read
    .selectFrom('documents')
    .select(['number', 'bytes', 'body'])
    .where('number', 'in', [...numbers])
    .orderBy('number')
    .execute()
  return rows.map(({ body, ...row }) => ({ ...row, document: parseBody(body) }))
}

/** A document from its row. */
export function parseBody(body: string): Document {
  // Only documents that were checked are written.
  return JSON.parse(body) as Document
}

async function* readDocuments(
  read: Kysely<DocumentTables>,
  place: Place,
  lookups: readonly SlotLookup[] | undefined,
): AsyncGenerator<FoundDocument, void, undefined> {
  let after = 0
  for (let page = PAGE_LEAST; ; page = Math.min(page * 2, PAGE_MOST)) {
    const numbers =
      lookups === undefined
        ? await allNumbers(read, place, after, page)
        : await lookedUpNumbers(read, place, lookups, after, page)
    for (let at = 0; at < numbers.length; at += TURN_DOCUMENTS) {
      for (const turn of await turns(read, numbers.slice(at, at + TURN_DOCUMENTS))) {
        yield* await documentsByNumber(read, turn)
        await nextTurn()
      }
    }
    after = numbers.at(-1) ?? after
    if (numbers.length < page) return
  }
}

async function allNumbers(
  read: Kysely<DocumentTables>,
  { space, collection }: Place,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const rows = await read
    .selectFrom('documents')
    .select('number')
    .where('space', '=', space)
    .where('collection', '=', collection)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map(({ number }) => number)
}

async function lookedUpNumbers(
  read: Kysely<DocumentTables>,
  { space, collection }: Place,
  lookups: readonly SlotLookup[],
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const sets = lookups
    .filter(({ keys }) => keys.length > 0)
    .map(({ slot, keys }) =>
      slot === undefined
        ? sql`select number from documents
            where space = ${space} and collection = ${collection} and id in (${sql.join(keys)}) and number > ${after}`
        : sql`select document as number from document_values
            where slot = ${slot} and value in (${sql.join(keys)}) and document > ${after}`,
    )
  if (sets.length === 0) return []
  const { rows } = await sql<{ number: number }>`
    select number from (${sql.join(sets, sql` union `)}) as found order by number limit ${limit}`.execute(read)
  return rows.map(({ number }) => number)
}

/** Cuts a list of documents into parts that are small enough to be parsed at once. */
async function turns(
  read: Kysely<DocumentTables>,
  numbers: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const rows = await read
    .selectFrom('documents')
    .select(['number', 'bytes'])
    .where('number', 'in', [...numbers])
    .orderBy('number')
    .execute()
  const parts: number[][] = []
  let left = 0
  for (const { number, bytes } of rows) {
    const part = left < bytes ? undefined : parts.at(-1)
    if (part === undefined) {
      parts.push([number])
      left = TURN_BYTES - bytes
    } else {
      part.push(number)
      left -= bytes
    }
  }
  return parts
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
