import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { documentLimits } from './document-limits.ts'
import { isIndex } from './field-path.ts'
import type { FieldPath } from './field-path.ts'

/** A document's copy while it is being changed. */
export type MutableJson = null | boolean | number | string | MutableJson[] | MutableFields
export interface MutableFields {
  [name: string]: MutableJson
}

/** A deep copy of the caller's own. */
export function mutableCopy(value: Json): MutableJson {
  return structuredClone(value) as MutableJson
}

/** Where a path ends: the object or list that holds the value, and the value's name there. */
export interface Holder {
  read(): MutableJson | undefined
  write(value: MutableJson): void
  /** A list keeps its other elements where they are: null takes the place. */
  remove(): void
}

/**
 * The place at a path. With `isMade`, objects that are missing on the way are made, and `DOCUMENT_INVALID` is thrown where
 * a value on the way has no fields; else undefined when there is no such place.
 */
export function holderAt(document: MutableFields, path: FieldPath, isMade: boolean): Holder | undefined {
  let here: MutableJson = document
  for (const name of path.slice(0, -1)) {
    let next: MutableJson | undefined = childOf(here, name)
    if (next === undefined) {
      if (!isMade) return undefined
      next = {}
      put(here, name, next, path)
    }
    here = next
  }
  const name = path.at(-1) ?? ''
  const place = here
  if (!isMade && childOf(place, name) === undefined) return undefined
  return {
    read: () => childOf(place, name),
    write: (value) => put(place, name, value, path),
    remove() {
      if (Array.isArray(place)) place[Number(name)] = null
      else if (isMutableFields(place)) Reflect.deleteProperty(place, name)
    },
  }
}

function childOf(here: MutableJson, name: string): MutableJson | undefined {
  if (Array.isArray(here)) return isIndex(name) ? here[Number(name)] : undefined
  return isMutableFields(here) && Object.hasOwn(here, name) ? here[name] : undefined
}

function put(here: MutableJson, name: string, value: MutableJson, path: FieldPath): void {
  if (isMutableFields(here)) {
    here[name] = value
    return
  }
  if (!Array.isArray(here)) throw noField(path, 'a value on the way has no fields')
  if (!isIndex(name)) throw noField(path, 'a list has numbers, no names')
  if (Number(name) > here.length + documentLimits.arrayGap) throw noField(path, 'too far beyond the end of the list')
  while (here.length < Number(name)) here.push(null)
  here[Number(name)] = value
}

function isMutableFields(value: MutableJson): value is MutableFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, '$date')
}

function noField(path: FieldPath, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { field: path.join('.').slice(0, 64), reason })
}
