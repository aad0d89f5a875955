import { types } from 'node:util'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '../../wire/worker-frame.ts'
import { expressionOf } from './command.ts'
import type { Expression } from './command.ts'
import { DEPTH_MOST, encodeOperand, isPlainFields } from './encode-value.ts'

/**
 * What `where()` was given, as MongoDB's conditions: an object inside is conditions on its fields, not a value, as in
 * uniCloud, and fields whose value is undefined are left out. Throws `UNICLOUD_ARGUMENT_INVALID` where all of them are,
 * `DOCUMENT_QUERY_INVALID`, `DOCUMENT_INVALID`, `UNICLOUD_NOT_SUPPORTED` (JQL).
 */
export function encodeWhere(condition: unknown): JsonObject {
  return together(encodeConditions(condition, 1))
}

/** A condition on one element of a list, for `elemMatch` and `pull`: operators, conditions on its fields, or a value. */
export function encodeElement(condition: unknown): Json {
  const expression = expressionOf(condition)
  if (expression !== undefined) return operatorsOf(expression)
  if (types.isRegExp(condition)) return pattern(condition)
  return isPlainFields(condition) && Object.keys(condition).length > 0
    ? encodeWhere(condition)
    : encodeOperand(condition)
}

/** All of some conditions as one. */
export function together(conditions: readonly JsonObject[]): JsonObject {
  const names = conditions.flatMap((condition) => Object.keys(condition))
  if (new Set(names).size < names.length) return { $and: conditions }
  return Object.fromEntries(conditions.flatMap((condition) => Object.entries(condition)))
}

function encodeConditions(condition: unknown, depth: number): readonly JsonObject[] {
  const expression = expressionOf(condition)
  if (expression !== undefined) {
    if (!('operands' in expression)) throw invalid('a command without a field')
    return combined(expression, (operand) => encodeConditions(operand, depth + 1))
  }
  if (typeof condition === 'string')
    throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: 'JQL', instead: 'where({field: value})' })
  if (!isPlainFields(condition)) throw invalid('no object of conditions')
  return encodeFields(condition, '', depth)
}

function encodeFields(fields: Readonly<Record<string, unknown>>, under: string, depth: number): readonly JsonObject[] {
  if (depth > DEPTH_MOST) throw invalid('too deep')
  const entries = Object.entries(fields)
  const told = entries.filter(([, value]) => value !== undefined)
  // Nothing would be left of it: found, changed or removed would be the whole collection.
  if (told.length === 0 && entries.length > 0)
    throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', {
      field: `where.${under === '' ? '' : `${under}.`}${entries[0]?.[0]}`.slice(0, 64),
      reason: 'every value is undefined',
    })
  return told.flatMap(([name, value]) => {
    if (under === '' && (name === '$and' || name === '$or' || name === '$nor')) {
      if (!Array.isArray(value)) throw invalid(`${name} without a list`)
      return [{ [name]: value.map((each) => together(encodeConditions(each, depth + 1))) }]
    }
    return encodeField(under === '' ? name : `${under}.${name}`, value, depth)
  })
}

function encodeField(field: string, value: unknown, depth: number): readonly JsonObject[] {
  const expression = expressionOf(value)
  if (expression !== undefined) {
    if ('operands' in expression) return combined(expression, (operand) => encodeField(field, operand, depth + 1))
    return [{ [field]: operatorsOf(expression) }]
  }
  if (types.isRegExp(value)) return [{ [field]: pattern(value) }]
  if (!isPlainFields(value)) return [{ [field]: encodeOperand(value) }]
  const names = Object.keys(value)
  if (names.length === 0) return [{ [field]: { $eq: {} } }]
  if (names.some((name) => name.startsWith('$'))) return [{ [field]: rawOperators(value) }]
  return encodeFields(value, field, depth + 1)
}

function combined(
  { kind, operands }: Extract<Expression, { readonly operands: unknown }>,
  encode: (operand: unknown) => readonly JsonObject[],
): readonly JsonObject[] {
  if (operands.length === 0) throw invalid(`${kind} without operands`)
  if (kind === 'and') return operands.flatMap(encode)
  return [{ [kind === 'or' ? '$or' : '$nor']: operands.map((operand) => together(encode(operand))) }]
}

/** The operators of a command as MongoDB has them on one value. */
function operatorsOf(expression: Expression): JsonObject {
  if (!('operands' in expression)) {
    const { kind, operator, operand } = expression
    if (kind === 'change') throw invalid('a command of changes in a condition')
    if (types.isRegExp(operand)) return pattern(operand)
    if (operator === '$elemMatch') return { [operator]: encodeElement(operand) }
    if (operator === '$all' && Array.isArray(operand)) return { [operator]: operand.map(encodeAllOperand) }
    return { [operator]: encodeOperand(operand) }
  }
  if (expression.kind !== 'and' && expression.operands.length !== 1) throw invalid(`${expression.kind} on an element`)
  const parts = expression.operands.map((operand) => {
    const inner = expressionOf(operand)
    return inner === undefined ? { $eq: encodeOperand(operand) } : operatorsOf(inner)
  })
  const names = parts.flatMap((part) => Object.keys(part))
  if (new Set(names).size < names.length) throw invalid('one operator twice on an element')
  const all = Object.fromEntries(parts.flatMap((part) => Object.entries(part)))
  return expression.kind === 'nor' || expression.kind === 'not' ? { $not: all } : all
}

function encodeAllOperand(operand: unknown): Json {
  const expression = expressionOf(operand)
  return expression === undefined ? encodeOperand(operand) : operatorsOf(expression)
}

/** MongoDB's own operators, written out. */
function rawOperators(operators: Readonly<Record<string, unknown>>): JsonObject {
  return together(
    Object.entries(operators).map(([name, operand]) => {
      if (name === '$regex' && types.isRegExp(operand)) return pattern(operand)
      return { [name]: name === '$elemMatch' ? encodeElement(operand) : encodeOperand(operand) }
    }),
  )
}

/** Only the server can say which ones it dares to run. */
function pattern({ source, flags }: RegExp): JsonObject {
  return { $regex: source, $options: flags.replace('g', '') }
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field: 'where', reason })
}
