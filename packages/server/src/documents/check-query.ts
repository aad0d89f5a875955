import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { Place } from './choose-lookups.ts'
import { documentLimits } from './document-limits.ts'
import type { DocumentQuery } from './document-store.ts'
import { parsePath } from './field-path.ts'
import type { FieldPath } from './field-path.ts'
import { settleOperators } from './settle-value.ts'

/** A query whose every part is what it should be. */
export interface CheckedQuery {
  readonly place: Place
  readonly where: JsonObject
  readonly orderBy: readonly SortField[]
  readonly skip: number
  readonly limit: number
  /** Which fields come along: only these, all but these, or all. */
  readonly fields: FieldChoice
}

/** One field to sort by; `sign` 1: upwards. */
export interface SortField {
  readonly path: FieldPath
  readonly sign: 1 | -1
}

/** The fields of what is found. */
export interface FieldChoice {
  readonly kind: 'all' | 'only' | 'without'
  readonly paths: readonly FieldPath[]
  readonly withId: boolean
}

const COLLECTION = /^[A-Za-z0-9_-]{1,64}$/

/** A collection of a space. Throws `DOCUMENT_QUERY_INVALID`. */
export function placeOf(space: string, collection: string): Place {
  if (!COLLECTION.test(collection)) throw invalid('collection', 'not 1 to 64 of A-Z a-z 0-9 _ -')
  return { space, collection }
}

/** Checks all of a query but its conditions' meaning. Throws `DOCUMENT_QUERY_INVALID`. */
export function checkQuery(space: string, query: DocumentQuery, now: number): CheckedQuery {
  const { collection, where = {}, orderBy = [], skip = 0, limit = documentLimits.limitWhenLeftOut, field = {} } = query
  if (orderBy.length > documentLimits.sortFields) throw invalid('orderBy', 'too many fields')
  if (!isCount(skip, documentLimits.scanned)) throw invalid('skip', 'no whole number from 0')
  if (!isCount(limit, documentLimits.limit)) throw invalid('limit', 'no whole number up to 1000')
  return {
    place: placeOf(space, collection),
    where: settleOperators(where, now, 'DOCUMENT_QUERY_INVALID'),
    orderBy: orderBy.map((each) => ({
      path: parsePath(each.field, 'DOCUMENT_QUERY_INVALID'),
      sign: each.direction === 'desc' ? -1 : 1,
    })),
    skip,
    limit,
    fields: fieldChoice(field),
  }
}

function fieldChoice(field: Readonly<Record<string, boolean>>): FieldChoice {
  const { _id: withId = true, ...others } = field
  const names = Object.keys(others)
  const isOnly = names.some((name) => others[name] === true)
  if (isOnly && names.some((name) => others[name] !== true)) throw invalid('field', 'true and false do not mix')
  if (names.length > documentLimits.conditions) throw invalid('field', 'too many fields')
  const paths = names.map((name) => parsePath(name, 'DOCUMENT_QUERY_INVALID'))
  if (isOnly || (Object.hasOwn(field, '_id') && withId && names.length === 0)) return { kind: 'only', paths, withId }
  return { kind: names.length === 0 ? 'all' : 'without', paths, withId }
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most
}

function invalid(field: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field, reason })
}
