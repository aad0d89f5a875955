import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { compareValues, exactKey } from './compare-values.ts'
import { documentLimits } from './document-limits.ts'
import { literalPattern } from './literal-pattern.ts'
import { isList, isOperators, valueKind } from './value-kind.ts'

/** Decides over the values that a path found in one document; undefined among them is a field that is missing. */
export type ValuesTest = (values: readonly (Json | undefined)[]) => boolean

/** How operators compile what is inside them. */
export interface Inner {
  /** Counts a condition. Throws `DOCUMENT_QUERY_INVALID` when there are too many. */
  count(): void
  /** All operators of an object at once. */
  operators(operators: Json): ValuesTest
  /** A condition on one element of a list: operators, or conditions on its fields. */
  element(condition: Json): (element: Json) => boolean
}

/** What an operator makes of its operand. Throws `DOCUMENT_QUERY_INVALID`. */
export type MatchOperator = (operand: Json, inner: Inner) => ValuesTest

/** The operators on a field, by name. */
export const matchOperators: Readonly<Record<string, MatchOperator>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, MatchOperator>, {
    $eq: (operand) => equals(operand),
    $ne: (operand) => none(equals(operand)),
    $neq: (operand) => none(equals(operand)),
    $gt: ordered((between) => between > 0),
    $gte: ordered((between) => between >= 0),
    $lt: ordered((between) => between < 0),
    $lte: ordered((between) => between <= 0),
    $in: (operand) => listed('$in', operand),
    $nin: (operand) => none(listed('$nin', operand)),
    $exists: (operand) => (values) => values.some((value) => value !== undefined) === Boolean(operand),
    $not: (operand, inner) => none(inner.operators(operand)),
    $all: (operand, inner) => all(operand, inner),
    $size: (operand) => size(operand),
    $mod: (operand) => mod(operand),
    $elemMatch: (operand, inner) => elemMatch(operand, inner),
    $regex: (operand) => pattern(operand),
  } satisfies Record<string, MatchOperator>),
)

/** The test of one operator over each value, and over each element of a value that is a list. */
function any(test: (value: Json | undefined) => boolean): ValuesTest {
  return (values) => values.some((value) => test(value) || (isList(value) && value.some(test)))
}

function none(test: ValuesTest): ValuesTest {
  return (values) => !test(values)
}

function equals(operand: Json): ValuesTest {
  return any((value) => compareValues(value, operand) === 0)
}

function ordered(accepts: (between: number) => boolean): MatchOperator {
  return (operand) => {
    const kind = valueKind(operand)
    return any((value) => valueKind(value) === kind && accepts(compareValues(value, operand)))
  }
}

function listed(operator: string, operand: Json): ValuesTest {
  const wanted = listOperand(operator, operand)
  // Scalars are looked up at once: a list may be long, and the documents many.
  const scalars = new Set(wanted.filter((value) => typeof value !== 'object'))
  const others = new Set(wanted.filter((value) => typeof value === 'object').map(exactKey))
  return any((value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? scalars.has(value)
      : others.size > 0 && others.has(exactKey(value)),
  )
}

function all(operand: Json, inner: Inner): ValuesTest {
  const tests = listOperand('$all', operand).map((each) => {
    inner.count()
    return isOperators(each) ? inner.operators(each) : equals(each)
  })
  return (values) => tests.length > 0 && tests.every((test) => test(values))
}

function size(operand: Json): ValuesTest {
  if (!Number.isInteger(operand)) throw invalid('$size', 'no whole number')
  return (values) => values.some((value) => isList(value) && value.length === operand)
}

function mod(operand: Json): ValuesTest {
  const [divisor, remainder] = isList(operand) ? operand : []
  if (!Number.isInteger(divisor) || !Number.isInteger(remainder) || divisor === 0)
    throw invalid('$mod', 'not [divisor, remainder]')
  return any((value) => typeof value === 'number' && Math.trunc(value) % Number(divisor) === remainder)
}

function elemMatch(operand: Json, inner: Inner): ValuesTest {
  const test = inner.element(operand)
  return (values) => values.some((value) => isList(value) && value.some(test))
}

function pattern(operand: Json): ValuesTest {
  const [source, options] = isList(operand) ? operand : [operand, '']
  if (typeof source !== 'string' || typeof options !== 'string') throw invalid('$regex', 'no text')
  const test = literalPattern(source, options)
  return any((value) => typeof value === 'string' && test(value))
}

function listOperand(operator: string, operand: Json): readonly Json[] {
  if (!isList(operand)) throw invalid(operator, 'no list')
  if (operand.length > documentLimits.listedValues) throw invalid(operator, 'list too long')
  return operand
}

function invalid(operator: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field: operator, reason })
}
