import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '../../wire/worker-frame.ts'
import { expressionOf } from './command.ts'
import { DEPTH_MOST, encodeOperand, isPlainFields } from './encode-value.ts'
import { encodeElement } from './encode-where.ts'

/**
 * What `update()` was given, as MongoDB's changes: a value is set, an object goes into the fields that are there rather
 * than in their place, as in uniCloud; fields that are undefined or an object without fields change nothing. Throws
 * `DOCUMENT_INVALID`.
 */
export function encodeChange(data: unknown): JsonObject {
  if (!isPlainFields(data)) throw invalid('no object of fields')
  const change = ownNames<Record<string, Json>>()

  function add(operator: string, field: string, operand: Json): void {
    const fields = (change[operator] ??= ownNames<Json>())
    fields[field] = operand
  }

  function encodeFields(fields: Readonly<Record<string, unknown>>, under: string, depth: number): void {
    if (depth > DEPTH_MOST) throw invalid('too deep')
    for (const [name, value] of Object.entries(fields)) {
      if (under === '' && name.startsWith('$') && isPlainFields(value)) encodeRaw(name, value)
      else encodeField(under === '' ? name : `${under}.${name}`, value, depth)
    }
  }

  function encodeField(field: string, value: unknown, depth: number): void {
    const expression = expressionOf(value)
    if (expression !== undefined) {
      if (expression.kind !== 'change') throw invalid('a command of conditions in a change', field)
      add(expression.operator, field, operandOf(expression.operator, expression.operand))
    } else if (isPlainFields(value)) encodeFields(value, field, depth + 1)
    else if (value !== undefined) add('$set', field, encodeOperand(value))
  }

  /** MongoDB's own operators, written out. */
  function encodeRaw(operator: string, fields: Readonly<Record<string, unknown>>): void {
    for (const [field, operand] of Object.entries(fields)) add(operator, field, operandOf(operator, operand))
  }

  encodeFields(data, '', 1)
  return change
}

/** An object in which every name is its own, whatever it means to others. */
function ownNames<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>
}

function operandOf(operator: string, operand: unknown): Json {
  return operator === '$pull' ? encodeElement(operand) : encodeOperand(operand)
}

function invalid(reason: string, field = 'data'): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { field: field.slice(0, 64), reason })
}
