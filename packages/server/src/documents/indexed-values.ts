import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { isIndex } from './field-path.ts'
import { isList, isStoredDate } from './value-kind.ts'

/** Deeper fields are found by looking at the documents. */
const SEGMENTS_MOST = 4
const FIELD_CHARS_MOST = 128
/** Longer texts are nothing that anyone looks up. */
const TEXT_CHARS_MOST = 512
/** Longer texts are kept as a digest. */
const PLAIN_CHARS_MOST = 40
/** Values that one document is found by. */
const VALUES_MOST = 128

/** What a document is found by: for each field the keys of its values. */
export interface IndexedValues {
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>
  /** There were more: the document is a candidate for every query. */
  readonly isPartial: boolean
}

/** The fields of a document, and of the objects in its lists, by dotted path, each with the keys of its scalar values. */
export function indexedValues(document: JsonObject): IndexedValues {
  const fields = new Map<string, Set<string>>()
  let left = VALUES_MOST

  function visit(value: Json, field: string, segments: number): void {
    if (left < 0) return
    if (isList(value)) {
      for (const element of value) visit(element, field, segments)
      return
    }
    const key = valueKey(value)
    if (key !== undefined) add(field, key)
    else if (typeof value === 'object' && value !== null && segments < SEGMENTS_MOST)
      visitFields(value, field, segments)
  }

  function visitFields(object: JsonObject, under: string, segments: number): void {
    for (const [name, value] of Object.entries(object)) {
      const field = under === '' ? name : `${under}.${name}`
      if (isFieldIndexed(field)) visit(value, field, segments + 1)
    }
  }

  function add(field: string, key: string): void {
    const keys = fields.get(field) ?? new Set()
    if (keys.has(key)) return
    left -= 1
    if (left < 0) return
    fields.set(field, keys.add(key))
  }

  visitFields(document, '', 0)
  return { fields, isPartial: left < 0 }
}

/** Whether documents are found by a field's values. Numbers in a path may count a list's elements: those are not. */
export function isFieldIndexed(field: string): boolean {
  if (field === '_id' || field.length > FIELD_CHARS_MOST) return false
  const path = field.split('.')
  return path.length <= SEGMENTS_MOST && !path.some(isIndex)
}

/**
 * A short text for a scalar, equal for equal values; different values may share one, so that what is found by it has to
 * be looked at. undefined: documents are not found by such a value.
 */
export function valueKey(value: Json): string | undefined {
  if (typeof value === 'number') return `n${value}`
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'string') {
    if (value.length > TEXT_CHARS_MOST) return undefined
    if (value.length <= PLAIN_CHARS_MOST) return `s${value}`
    return `h${createHash('sha256').update(value).digest('base64url').slice(0, 22)}`
  }
  return isStoredDate(value) ? `d${value.$date}` : undefined
}
