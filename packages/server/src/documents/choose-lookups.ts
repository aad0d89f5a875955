import type { Kysely } from 'kysely'
import type { DocumentTables } from './document-tables.ts'
import type { Lookup, Plan } from './plan-lookup.ts'

/** A collection of a space. */
export interface Place {
  readonly space: string
  readonly collection: string
}

/** Values looked up in one slot; together they hold every candidate. */
export interface SlotLookup {
  /** undefined: `keys` are ids. */
  readonly slot: number | undefined
  readonly keys: readonly string[]
}

/** Counting stops here: two sets this large are one as good as the other. */
const COUNTED_MOST = 1_000
/** More values than this in one statement are no faster than looking at every document. */
const KEYS_MOST = 10_000
/** The slot of documents that are candidates for every query. */
const PARTIAL = ''

interface Choice {
  readonly lookups: readonly Lookup[]
  readonly count: number
}

/** Of all ways to find the candidates the one with the fewest, as far as can be told cheaply; undefined: none pays. */
export async function chooseLookups(
  read: Kysely<DocumentTables>,
  place: Place,
  plan: Plan,
): Promise<readonly SlotLookup[] | undefined> {
  const slots = await readSlots(read, place, [PARTIAL, ...fieldsOf(plan)])
  const { lookups } = await choose(plan)
  if (lookups.reduce((sum, { keys }) => sum + keys.length, 0) > KEYS_MOST) return undefined
  const chosen = lookups.flatMap(slotLookup)
  const partial = slots.get(PARTIAL)
  const isByIds = lookups.every(({ field }) => field === '_id')
  return partial === undefined || isByIds ? chosen : [...chosen, { slot: partial, keys: [PARTIAL] }]

  function slotLookup({ field, keys }: Lookup): readonly SlotLookup[] {
    if (field === '_id') return [{ slot: undefined, keys }]
    const slot = slots.get(field)
    // Without a slot no document of the collection has a value there.
    return slot === undefined ? [] : [{ slot, keys }]
  }

  async function choose(each: Plan): Promise<Choice> {
    if (each.kind === 'lookup') return { lookups: [each], count: await count(each) }
    const choices: Choice[] = []
    for (const inner of each.plans) choices.push(await choose(inner))
    if (each.kind === 'union')
      return {
        lookups: choices.flatMap(({ lookups: those }) => those),
        count: choices.reduce((sum, one) => sum + one.count, 0),
      }
    return choices.reduce((best, one) => (one.count < best.count ? one : best))
  }

  async function count(each: Lookup): Promise<number> {
    if (each.field === '_id' || each.keys.length > KEYS_MOST) return each.keys.length
    const slot = slots.get(each.field)
    if (slot === undefined || each.keys.length === 0) return 0
    const { counted } = await read
      .selectFrom(
        read
          .selectFrom('document_values')
          .select('document')
          .where('slot', '=', slot)
          .where('value', 'in', each.keys)
          .limit(COUNTED_MOST)
          .as('some'),
      )
      .select(({ fn }) => fn.countAll<number>().as('counted'))
      .executeTakeFirstOrThrow()
    return counted
  }
}

/** The numbers of those slots that a collection has. */
export async function readSlots(
  read: Kysely<DocumentTables>,
  { space, collection }: Place,
  fields: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await read
    .selectFrom('document_slots')
    .select(['field', 'number'])
    .where('space', '=', space)
    .where('collection', '=', collection)
    .where('field', 'in', [...fields])
    .execute()
  return new Map(rows.map(({ field, number }) => [field, number]))
}

function fieldsOf(plan: Plan): readonly string[] {
  return plan.kind === 'lookup' ? [plan.field] : plan.plans.flatMap(fieldsOf)
}
