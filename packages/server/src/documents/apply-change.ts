import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { changeOperators } from './change-operators.ts'
import { compareValues } from './compare-values.ts'
import { documentLimits } from './document-limits.ts'
import type { Document } from './document-store.ts'
import { parsePath, shownField } from './field-path.ts'
import type { FieldPath } from './field-path.ts'
import { holderAt, mutableCopy } from './holder-at.ts'
import type { MutableFields } from './holder-at.ts'
import { settleDocument, settleOperators, settleValue } from './settle-value.ts'
import { isFields } from './value-kind.ts'

/** Makes the changed document; the one given stays as it is. Throws `DOCUMENT_INVALID` when it cannot be changed so. */
export type DocumentChange = (document: Document) => Document

type Step = (document: MutableFields) => void

/** Operands that are conditions or have operators within, and are no values to be stored. */
const unsettled: ReadonlySet<string> = new Set(['$pull', '$push', '$addToSet', '$pop', '$unset', '$rename'])

/**
 * The change that MongoDB's operators mean: `{$set: {'a.b': 1}, $inc: {count: 1}, $unset: {old: ''}}`. All of them or
 * none; two that touch one field are refused. `now`: what `{$serverDate: offset}` counts from. Throws
 * `DOCUMENT_INVALID`, `DOCUMENT_QUERY_INVALID` (of a `$pull`).
 */
export function applyChange(change: JsonObject, now: number): DocumentChange {
  const paths: string[] = []
  const steps = Object.entries(settleOperators(change, now, 'DOCUMENT_INVALID')).flatMap(([name, fields]) => {
    if (!isFields(fields)) throw invalid(name, 'no fields')
    return Object.entries(fields).map(([field, operand]) => {
      const path = claim(field, paths)
      const settled = unsettled.has(name) ? operand : settleValue(operand, now)
      return stepOf(name, path, settled, paths)
    })
  })
  return (document) => {
    const copy = mutableCopy(document)
    for (const step of steps) step(copy as MutableFields)
    // What a change adds to may have become too deep, and what it pushes may have names that no document has.
    const changed = settleDocument(copy as MutableFields, now)
    if (compareValues(changed['_id'], document._id) !== 0) throw invalid('_id', 'the _id stays')
    return Object.assign(changed, { _id: document._id })
  }
}

function stepOf(name: string, path: FieldPath, operand: Json, paths: string[]): Step {
  if (name === '$unset') return (document) => holderAt(document, path, false)?.remove()
  if (name === '$rename') return renameStep(path, operand, paths)
  const operator = changeOperators[name]
  if (operator === undefined) throw invalid(name, 'no such operator')
  const change = operator.compile(operand)
  return (document) => {
    const holder = holderAt(document, path, operator.isMade)
    const next = holder && change(holder.read())
    if (next !== undefined) holder?.write(next)
  }
}

function renameStep(path: FieldPath, operand: Json, paths: string[]): Step {
  if (typeof operand !== 'string') throw invalid('$rename', 'no name')
  const target = claim(operand, paths)
  return (document) => {
    const from = holderAt(document, path, false)
    const value = from?.read()
    if (from === undefined || value === undefined) return
    from.remove()
    holderAt(document, target, true)?.write(value)
  }
}

/** A path that no other part of the change touches; `paths` end in a dot. */
function claim(field: string, paths: string[]): FieldPath {
  const path = parsePath(field, 'DOCUMENT_INVALID')
  if (paths.length >= documentLimits.limit) throw invalid(field, 'too many fields')
  const own = `${field}.`
  if (paths.some((other) => other.startsWith(own) || own.startsWith(other))) throw invalid(field, 'changed twice')
  paths.push(own)
  return path
}

function invalid(field: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { field: shownField(field), reason })
}
