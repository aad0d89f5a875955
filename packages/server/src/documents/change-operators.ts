import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { compareValues, exactKey } from './compare-values.ts'
import { matchElement } from './match-document.ts'
import { mutableCopy } from './holder-at.ts'
import type { MutableJson } from './holder-at.ts'
import { pushOperator } from './push-operator.ts'
import type { ValueChange } from './value-change.ts'
import { isFields, isList } from './value-kind.ts'

/** How one operator changes a field. */
export interface ChangeOperator {
  /** Whether a missing field is made, with the objects around it. */
  readonly isMade: boolean
  /** Throws `DOCUMENT_INVALID`, `DOCUMENT_QUERY_INVALID`. */
  compile(operand: Json): ValueChange
}

/** The operators of changes that look at one field, by name. */
export const changeOperators: Readonly<Record<string, ChangeOperator>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, ChangeOperator>, {
    $set: { isMade: true, compile: (operand) => () => mutableCopy(operand) },
    $inc: { isMade: true, compile: (operand) => arithmetic('$inc', operand, 0, (value, by) => value + by) },
    $mul: { isMade: true, compile: (operand) => arithmetic('$mul', operand, 0, (value, by) => value * by) },
    $min: { isMade: true, compile: (operand) => bound(operand, (between) => between > 0) },
    $max: { isMade: true, compile: (operand) => bound(operand, (between) => between < 0) },
    $push: { isMade: true, compile: pushOperator },
    $addToSet: { isMade: true, compile: addToSet },
    $pop: { isMade: false, compile: pop },
    $pull: {
      isMade: false,
      compile(operand) {
        const isGone = matchElement(operand)
        return onList('$pull', (list) => list.filter((element) => !isGone(element)))
      },
    },
    $pullAll: {
      isMade: false,
      compile(operand) {
        if (!isList(operand)) throw invalid('$pullAll', 'no list')
        const gone = new Set(operand.map(exactKey))
        return onList('$pullAll', (list) => list.filter((element) => !gone.has(exactKey(element))))
      },
    },
  } satisfies Record<string, ChangeOperator>),
)

/** A change of a list; a missing field stays missing, and anything else is an error. */
function onList(operator: string, change: (list: readonly MutableJson[]) => MutableJson[]): ValueChange {
  return (value) => {
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw invalid(operator, 'the field holds no list')
    return change(value)
  }
}

function arithmetic(
  operator: string,
  operand: Json,
  missing: number,
  compute: (value: number, by: number) => number,
): ValueChange {
  if (typeof operand !== 'number') throw invalid(operator, 'no number')
  return (value = missing) => {
    if (typeof value !== 'number') throw invalid(operator, 'the field holds no number')
    const result = compute(value, operand)
    if (!Number.isFinite(result)) throw invalid(operator, 'the number would be too large')
    return result
  }
}

function bound(operand: Json, isBeyond: (between: number) => boolean): ValueChange {
  return (value) => (value === undefined || isBeyond(compareValues(value, operand)) ? mutableCopy(operand) : undefined)
}

function addToSet(operand: Json): ValueChange {
  const added = isFields(operand) && isList(operand['$each']) ? operand['$each'] : [operand]
  return (value = []) => {
    if (!Array.isArray(value)) throw invalid('$addToSet', 'the field holds no list')
    const list = [...value]
    const held = new Set(list.map(exactKey))
    for (const each of added) {
      if (!held.has(exactKey(each))) list.push(mutableCopy(each))
      held.add(exactKey(each))
    }
    return list
  }
}

function pop(operand: Json): ValueChange {
  if (operand !== 1 && operand !== -1) throw invalid('$pop', 'neither 1 nor -1')
  return onList('$pop', (list) => (operand === 1 ? list.slice(0, -1) : list.slice(1)))
}

function invalid(field: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { field, reason })
}
