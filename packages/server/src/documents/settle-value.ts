import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { documentLimits } from './document-limits.ts'
import { nameFault, shownField } from './field-path.ts'
import { isList } from './value-kind.ts'

/** The furthest moment that a Date can hold, ms. */
const DATE_MOST = 8.64e15
const SERVER_DATE = '$serverDate'

/**
 * A value as it may be stored: names that a document may have, moments that are moments, not too deep.
 * `{$serverDate: offset}` becomes the moment `now` + offset ms. Throws `DOCUMENT_INVALID`.
 */
export function settleValue(value: Json, now: number): Json {
  return settle(value, { now, code: 'DOCUMENT_INVALID', fault: nameFault }, 1)
}

/** A whole document, likewise. */
export function settleDocument(document: JsonObject, now: number): JsonObject {
  return settleObject(document, { now, code: 'DOCUMENT_INVALID', fault: nameFault }, 1)
}

/** Operators and their values, of a query or a change, likewise; what each means is found out later. Throws `code`. */
export function settleOperators(
  operators: JsonObject,
  now: number,
  code: 'DOCUMENT_QUERY_INVALID' | 'DOCUMENT_INVALID',
): JsonObject {
  return settleObject(operators, { now, code, fault: () => undefined }, 1)
}

interface Rules {
  readonly now: number
  readonly code: 'DOCUMENT_QUERY_INVALID' | 'DOCUMENT_INVALID'
  fault(name: string): string | undefined
}

function settle(value: Json, rules: Rules, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (depth > documentLimits.depth)
    throw new DrawbridgeError(rules.code, { reason: 'too deep', limit: documentLimits.depth })
  if (isList(value)) return value.map((element) => settle(element, rules, depth + 1))
  const names = Object.keys(value)
  if (names.length === 1 && names[0] === '$date') return date(value['$date'], 0, rules.code)
  if (names.length === 1 && names[0] === SERVER_DATE) return date(value[SERVER_DATE], rules.now, rules.code)
  return settleObject(value, rules, depth)
}

function settleObject(value: JsonObject, rules: Rules, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const fault = rules.fault(name)
      if (fault !== undefined) throw new DrawbridgeError(rules.code, { field: shownField(name), reason: fault })
      return [name, settle(each, rules, depth + 1)]
    }),
  )
}

function date(ms: Json | undefined, base: number, code: Rules['code']): Json {
  if (typeof ms !== 'number' || !Number.isInteger(ms) || Math.abs(base + ms) > DATE_MOST)
    throw new DrawbridgeError(code, { field: '$date', reason: 'not a moment in ms' })
  return { $date: base + ms }
}
