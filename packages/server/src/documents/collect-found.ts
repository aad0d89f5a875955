import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import type { CheckedQuery, SortField } from './check-query.ts'
import { chooseFields } from './choose-fields.ts'
import { compareValues } from './compare-values.ts'
import { documentLimits } from './document-limits.ts'
import type { Document } from './document-store.ts'
import { valuesAt } from './field-path.ts'
import type { FoundDocument } from './matching-documents.ts'
import { isList } from './value-kind.ts'

interface Kept {
  readonly keys: readonly (Json | undefined)[]
  readonly number: number
  readonly document: Document
  readonly bytes: number
}

/** Sorts, skips, limits and cuts down what was found. Throws `DOCUMENT_TOO_LARGE` when it is too much at once. */
export async function collectFound(
  found: AsyncIterable<FoundDocument>,
  { orderBy, skip, limit, fields }: Pick<CheckedQuery, 'orderBy' | 'skip' | 'limit' | 'fields'>,
): Promise<readonly Document[]> {
  if (limit === 0) return []
  const choose = chooseFields(fields)
  const most = skip + limit
  let kept: Kept[] = []
  let bytes = 0

  function prune(): void {
    if (orderBy.length > 0) kept.sort((one, other) => compareKept(one, other, orderBy))
    kept = kept.slice(0, most)
    bytes = kept.reduce((sum, each) => sum + each.bytes, 0)
  }

  let passed = 0
  for await (const each of found) {
    // What is passed over anyway need not be kept.
    passed += 1
    if (orderBy.length === 0 && passed <= skip) continue
    const document = choose(each.document)
    const size = fields.kind === 'all' ? each.bytes : Buffer.byteLength(JSON.stringify(document))
    kept.push({
      keys: orderBy.map((field) => sortKey(each.document, field)),
      number: each.number,
      document,
      bytes: size,
    })
    bytes += size
    if (orderBy.length === 0 && kept.length === limit) break
    if (bytes > documentLimits.resultBytes || kept.length > 2 * most + 1_000) prune()
    if (bytes > documentLimits.resultBytes)
      throw new DrawbridgeError('DOCUMENT_TOO_LARGE', { limit: documentLimits.resultBytes })
  }
  prune()
  return kept.slice(orderBy.length === 0 ? 0 : skip, most).map(({ document }) => document)
}

function compareKept(one: Kept, other: Kept, orderBy: readonly SortField[]): number {
  for (const [at, { sign }] of orderBy.entries()) {
    const between = sign * compareValues(one.keys[at], other.keys[at])
    if (between !== 0) return between
  }
  return one.number - other.number
}

/** A list sorts by its least element upwards, by its greatest downwards. */
function sortKey(document: Document, { path, sign }: SortField): Json | undefined {
  const values = valuesAt(document, path).flatMap((value): (Json | undefined)[] =>
    isList(value) ? [...value] : [value],
  )
  let best = values[0]
  for (const value of values) if (sign * compareValues(value, best) < 0) best = value
  return best
}
