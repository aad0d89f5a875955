import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { readSlots } from './choose-lookups.ts'
import type { Place } from './choose-lookups.ts'
import type { Document } from './document-store.ts'
import type { DocumentTables } from './document-tables.ts'
import { indexedValues } from './indexed-values.ts'
import type { IndexedValues } from './indexed-values.ts'

/** Fields that one collection is looked up by; documents with further ones are candidates for every query. */
const SLOTS_MOST = 256
/** The field whose slot holds those documents. */
const PARTIAL = ''

interface Row {
  readonly slot: number
  readonly value: string
}

/**
 * Writes down by which values a document is found, within the transaction that writes the document. `before` and
 * `after`: left out where there is none.
 */
export async function indexDocument(
  transaction: Kysely<DocumentTables>,
  place: Place,
  change: { readonly number: number; readonly before?: Document; readonly after?: Document },
): Promise<void> {
  const before = change.before && indexedValues(change.before)
  const after = change.after && indexedValues(change.after)
  const wanted = [...(after?.fields.keys() ?? [])]
  const known = await readSlots(transaction, place, [PARTIAL, ...wanted, ...(before?.fields.keys() ?? [])])
  const slots = await withNewSlots(transaction, place, known, wanted)
  const isPartial = after !== undefined && (after.isPartial || wanted.some((field) => !slots.has(field)))
  const partial = slots.get(PARTIAL) ?? (isPartial ? await addSlot(transaction, place, PARTIAL) : undefined)
  const mark = partial === undefined ? [] : [{ slot: partial, value: PARTIAL }]
  const old = rowsOf(before, slots)
  const next = rowsOf(after, slots)
  const gone = [...old.keys()].filter((key) => !next.has(key)).flatMap((key) => old.get(key) ?? [])
  const come = [...next.keys()].filter((key) => !old.has(key)).flatMap((key) => next.get(key) ?? [])
  await removeRows(transaction, change.number, isPartial || before === undefined ? gone : [...gone, ...mark])
  await addRows(transaction, change.number, isPartial ? [...come, ...mark] : come)
}

async function withNewSlots(
  transaction: Kysely<DocumentTables>,
  place: Place,
  known: ReadonlyMap<string, number>,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const missing = wanted.filter((field) => !known.has(field))
  if (missing.length === 0) return known
  const { count } = await transaction
    .selectFrom('document_slots')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('space', '=', place.space)
    .where('collection', '=', place.collection)
    .executeTakeFirstOrThrow()
  const slots = new Map(known)
  for (const field of missing.slice(0, Math.max(0, SLOTS_MOST - count)))
    slots.set(field, await addSlot(transaction, place, field))
  return slots
}

async function addSlot(
  transaction: Kysely<DocumentTables>,
  { space, collection }: Place,
  field: string,
): Promise<number> {
  const { number } = await transaction
    .insertInto('document_slots')
    .values({ space, collection, field })
    .returning('number')
    .executeTakeFirstOrThrow()
  return number
}

function rowsOf(values: IndexedValues | undefined, slots: ReadonlyMap<string, number>): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  for (const [field, keys] of values?.fields ?? []) {
    const slot = slots.get(field)
    if (slot !== undefined) for (const value of keys) rows.set(`${slot} ${value}`, { slot, value })
  }
  return rows
}

async function removeRows(transaction: Kysely<DocumentTables>, document: number, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  await sql`delete from document_values where document = ${document} and (slot, value) in
    (values ${sql.join(rows.map(({ slot, value }) => sql`(${slot}, ${value})`))})`.execute(transaction)
}

async function addRows(transaction: Kysely<DocumentTables>, document: number, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  await transaction
    .insertInto('document_values')
    .values(rows.map((row) => ({ ...row, document })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
