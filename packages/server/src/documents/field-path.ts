import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { documentLimits } from './document-limits.ts'
import { isFields, isList } from './value-kind.ts'

/** The names from the outermost field inwards. */
export type FieldPath = readonly string[]

/** Names that mean something to JavaScript's objects themselves. */
const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Why a name cannot be one of a document's; undefined: it can. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'empty name'
  if (name.startsWith('$')) return 'name begins with $'
  if (name.includes('.')) return 'name holds a dot'
  if (refusedNames.has(name)) return 'name is reserved'
  return name.includes('\0') || !name.isWellFormed() ? 'name is no text' : undefined
}

/** `a.b.0` cut at its dots. Throws `code` when a name in it cannot be. */
export function parsePath(field: string, code: 'DOCUMENT_QUERY_INVALID' | 'DOCUMENT_INVALID'): FieldPath {
  const path = field.split('.')
  const fault =
    field.length > documentLimits.fieldChars || path.length > documentLimits.depth
      ? 'path too long'
      : path.map(nameFault).find((each) => each !== undefined)
  if (fault !== undefined) throw new DrawbridgeError(code, { field: shownField(field), reason: fault })
  return path
}

/** A field's name as an error may tell it. */
export function shownField(field: string): string {
  return field.replace(/[^\w.$-]/g, '?').slice(0, 64)
}

/** Whether a name can be the number of a list's element. */
export function isIndex(name: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(name)
}

/**
 * The values at a path, as MongoDB finds them, each once: a list on the way is looked into at its number, and in each of
 * its objects. undefined stands for a field that is missing from an object; a list's elements that are no objects give
 * nothing at all. Takes time in proportion to the value's size, however the path is made.
 */
export function valuesAt(value: Json | undefined, path: FieldPath): readonly (Json | undefined)[] {
  let found = new Set([value])
  for (const name of path) {
    const next = new Set<Json | undefined>()
    for (const each of found) step(each, name, next)
    found = next
  }
  return [...found]
}

function step(value: Json | undefined, name: string, found: Set<Json | undefined>): void {
  if (!isList(value)) {
    found.add(fieldOf(value, name))
    return
  }
  if (isIndex(name) && Number(name) < value.length) found.add(value[Number(name)])
  for (const element of value) if (isFields(element)) found.add(fieldOf(element, name))
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
