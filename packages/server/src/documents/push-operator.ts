import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { compareValues } from './compare-values.ts'
import { parsePath, valuesAt } from './field-path.ts'
import { mutableCopy } from './holder-at.ts'
import type { MutableJson } from './holder-at.ts'
import type { ValueChange } from './value-change.ts'
import { isFields, isList } from './value-kind.ts'

const modifiers: ReadonlySet<string> = new Set(['$each', '$position', '$sort', '$slice'])

/** `$push`: a value, or `{$each: […], $position, $sort, $slice}`: insert, then sort, then keep. Throws `DOCUMENT_INVALID`. */
export function pushOperator(operand: Json): ValueChange {
  const { added, position, sort, slice } = readOperand(operand)
  return (value = []) => {
    if (!Array.isArray(value)) throw invalid('the field holds no list')
    const list = [...value.slice(0, position), ...added.map(mutableCopy), ...behind(value, position)]
    if (sort !== undefined) list.sort(sort)
    if (slice === undefined) return list
    return slice < 0 ? list.slice(slice) : list.slice(0, slice)
  }
}

function behind(list: readonly MutableJson[], position: number | undefined): readonly MutableJson[] {
  return position === undefined ? [] : list.slice(position)
}

function readOperand(operand: Json): {
  readonly added: readonly Json[]
  readonly position: number | undefined
  readonly sort: ((one: MutableJson, other: MutableJson) => number) | undefined
  readonly slice: number | undefined
} {
  if (!isFields(operand) || !Object.hasOwn(operand, '$each'))
    return { added: [operand], position: undefined, sort: undefined, slice: undefined }
  const added = operand['$each']
  if (!isList(added)) throw invalid('$each is no list')
  if (!Object.keys(operand).every((name) => modifiers.has(name))) throw invalid('unknown modifier')
  return {
    added,
    position: whole(operand, '$position'),
    sort: sortOf(operand['$sort']),
    slice: whole(operand, '$slice'),
  }
}

function whole(operand: JsonObject, name: string): number | undefined {
  const value = operand[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(`${name} is no whole number`)
  return value
}

function sortOf(sort: Json | undefined): ((one: MutableJson, other: MutableJson) => number) | undefined {
  if (sort === undefined) return undefined
  if (sort === 1 || sort === -1) return (one, other) => sort * compareValues(one, other)
  if (!isFields(sort)) throw invalid('$sort is neither 1, -1 nor fields')
  const fields = Object.entries(sort).map(([field, direction]) => {
    if (direction !== 1 && direction !== -1) throw invalid('$sort is neither 1 nor -1')
    return { path: parsePath(field, 'DOCUMENT_INVALID'), direction }
  })
  return (one, other) => {
    for (const { path, direction } of fields) {
      const between = compareValues(valuesAt(one, path)[0], valuesAt(other, path)[0])
      if (between !== 0) return direction * between
    }
    return 0
  }
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { field: '$push', reason })
}
