import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { documentLimits } from './document-limits.ts'
import { parsePath, shownField, valuesAt } from './field-path.ts'
import { matchOperators } from './match-operators.ts'
import type { ValuesTest } from './match-operators.ts'
import { isFields, isList, isOperators } from './value-kind.ts'

/** Whether a document meets a query's conditions. */
export type DocumentTest = (document: JsonObject) => boolean

/**
 * The test that MongoDB's conditions mean: `{field: value, 'a.b': {$gt: 1}, $or: [{…}, {…}]}`. A value matches itself
 * and a list that holds it; null matches a missing field; greater and less compare values of one kind. Throws
 * `DOCUMENT_QUERY_INVALID`, and `UNICLOUD_NOT_SUPPORTED` for a regular expression that is more than text.
 */
export function matchDocument(where: JsonObject): DocumentTest {
  return compileConditions(where, createBudget())
}

/**
 * The test of one element of a list, as `$pull` has it: operators, conditions on the element's fields, or a value that
 * it equals. Throws as `matchDocument`.
 */
export function matchElement(condition: Json): (element: Json) => boolean {
  const budget = createBudget()
  if (isFields(condition) && Object.keys(condition).length > 0) return compileElement(condition, budget)
  const test = compileOperators({ $eq: condition }, budget)
  return (element) => test([element])
}

/** Counts conditions, so that one document is decided in bounded time. */
type Budget = () => void

const logical: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])

function createBudget(): Budget {
  let left = documentLimits.conditions
  return () => {
    left -= 1
    if (left < 0) throw invalid('where', 'too many conditions')
  }
}

function compileConditions(where: JsonObject, budget: Budget): DocumentTest {
  const tests = Object.entries(where).map(([name, condition]) =>
    name.startsWith('$') ? compileLogical(name, condition, budget) : compileField(name, condition, budget),
  )
  return (document) => tests.every((test) => test(document))
}

function compileLogical(name: string, operand: Json, budget: Budget): DocumentTest {
  budget()
  if (!logical.has(name)) throw invalid(name, 'no such operator here')
  if (!isList(operand) || operand.length === 0) throw invalid(name, 'no list of conditions')
  const tests = operand.map((each) => {
    if (!isFields(each)) throw invalid(name, 'no list of conditions')
    return compileConditions(each, budget)
  })
  if (name === '$and') return (document) => tests.every((test) => test(document))
  const some: DocumentTest = (document) => tests.some((test) => test(document))
  return name === '$or' ? some : (document) => !some(document)
}

function compileField(field: string, condition: Json, budget: Budget): DocumentTest {
  const path = parsePath(field, 'DOCUMENT_QUERY_INVALID')
  const test = compileOperators(isOperators(condition) ? condition : { $eq: condition }, budget)
  return (document) => test(valuesAt(document, path))
}

function compileOperators(operators: Json, budget: Budget): ValuesTest {
  if (!isOperators(operators)) throw invalid('$not', 'no operators')
  const tests = Object.entries(withOptions(operators)).map(([name, operand]) => {
    budget()
    const operator = matchOperators[name]
    if (operator === undefined) throw invalid(name, 'no such operator')
    return operator(operand, {
      count: budget,
      operators: (inner) => compileOperators(inner, budget),
      element: (inner) => compileElement(inner, budget),
    })
  })
  return (values) => tests.every((test) => test(values))
}

/** `{$regex, $options}` are two names for one condition. */
function withOptions(operators: JsonObject): JsonObject {
  if (!Object.hasOwn(operators, '$options')) return operators
  const { $options, $regex, ...others } = operators
  return { ...others, $regex: [$regex ?? null, $options ?? null] }
}

function compileElement(condition: Json, budget: Budget): (element: Json) => boolean {
  budget()
  if (isOperators(condition) && !Object.keys(condition).some((name) => logical.has(name))) {
    const test = compileOperators(condition, budget)
    return (element) => test([element])
  }
  if (!isFields(condition)) throw invalid('$elemMatch', 'no conditions')
  const test = compileConditions(condition, budget)
  return (element) => isFields(element) && test(element)
}

function invalid(field: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field: shownField(field), reason })
}
