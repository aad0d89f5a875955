import type { Json, JsonObject } from '@drawbridge/runtime'

/** A moment within a document, ms since epoch. */
export interface StoredDate {
  readonly $date: number
}

/** A list: an array, which TypeScript's own guard does not find among readonly ones. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** A moment, in the form that documents and the wire have for it. */
export function isStoredDate(value: Json | undefined): value is JsonObject & StoredDate {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  return Object.hasOwn(value, '$date') && typeof value['$date'] === 'number' && Object.keys(value).length === 1
}

/** An object with fields: no list, no moment. */
export function isFields(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !isStoredDate(value)
}

/** An object whose first name begins with `$`: operators, and no value. */
export function isOperators(value: Json | undefined): value is JsonObject {
  return isFields(value) && Object.keys(value)[0]?.startsWith('$') === true
}

/** The number of a value's kind in the order of kinds. Only values of one kind are greater or less to an operator. */
export function valueKind(value: Json | undefined): number {
  if (value === undefined || value === null) return 1
  if (typeof value === 'number') return 2
  if (typeof value === 'string') return 3
  if (typeof value === 'boolean') return 6
  if (isList(value)) return 5
  return isStoredDate(value) ? 7 : 4
}
