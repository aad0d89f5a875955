import type { Json } from '@drawbridge/runtime'
import { isList, isStoredDate, valueKind } from './value-kind.ts'

/**
 * The order of all values, as MongoDB has it: null (and what is missing), numbers, texts, objects, arrays, booleans,
 * moments; within a kind the natural one. Objects compare name by name in their own order, so that order counts.
 */
export function compareValues(one: Json | undefined, other: Json | undefined): number {
  const kind = valueKind(one)
  const between = kind - valueKind(other)
  if (between !== 0) return between
  if (isStoredDate(one) && isStoredDate(other)) return one.$date - other.$date
  if (isList(one) && isList(other)) return compareLists(one, other)
  if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null)
    return compareLists(Object.entries(one).flat(), Object.entries(other).flat())
  return comparePlain(one ?? 0, other ?? 0)
}

/** A text that two values share if they are equal, and only then. A missing field counts as null. */
export function exactKey(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
}

function compareLists(one: readonly Json[], other: readonly Json[]): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    const between = compareValues(one[at], other[at])
    if (between !== 0) return between
  }
  return one.length - other.length
}

function comparePlain(one: Json, other: Json): number {
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : Number(one > other)
  return Number(one) - Number(other)
}
