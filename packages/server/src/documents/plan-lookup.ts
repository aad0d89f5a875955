import type { Json, JsonObject } from '@drawbridge/runtime'
import { isFieldIndexed, valueKey } from './indexed-values.ts'
import { isFields, isList, isOperators } from './value-kind.ts'

/** Documents with one of these values in a field. `_id`: the ids themselves, else keys of values. */
export interface Lookup {
  readonly kind: 'lookup'
  readonly field: string
  readonly keys: readonly string[]
}

/** How the documents that can meet a query's conditions are found: by any one of `either`, or by all of `union`. */
export type Plan =
  | Lookup
  | { readonly kind: 'either'; readonly plans: readonly Plan[] }
  | { readonly kind: 'union'; readonly plans: readonly Plan[] }

/**
 * Ways to find a set of documents that holds all that meet `where` (and more: each has to be looked at). undefined:
 * every document of the collection has to be. `where` has been compiled, so that its operators are what they should be.
 */
export function planLookup(where: JsonObject, under = ''): Plan | undefined {
  return either(
    Object.entries(where).map(([name, condition]) => {
      if (name === '$and') return isList(condition) ? either(condition.map((each) => planOf(each, under))) : undefined
      if (name === '$or') return isList(condition) ? union(condition.map((each) => planOf(each, under))) : undefined
      if (name.startsWith('$')) return undefined
      return planField(under === '' ? name : `${under}.${name}`, condition)
    }),
  )
}

function planOf(where: Json, under: string): Plan | undefined {
  return isFields(where) ? planLookup(where, under) : undefined
}

function planField(field: string, condition: Json): Plan | undefined {
  if (!isOperators(condition)) return lookup(field, [condition])
  return either(
    Object.entries(condition).map(([operator, operand]) => {
      if (operator === '$eq') return lookup(field, [operand])
      if (operator === '$in') return isList(operand) ? lookup(field, operand) : undefined
      if (operator === '$all')
        return isList(operand) ? either(operand.map((each) => planField(field, each))) : undefined
      if (operator === '$elemMatch') return planElement(field, operand)
      return undefined
    }),
  )
}

function planElement(field: string, condition: Json): Plan | undefined {
  if (!isFields(condition)) return undefined
  const isLogical = Object.keys(condition).some((name) => name === '$and' || name === '$or' || name === '$nor')
  return isOperators(condition) && !isLogical ? planField(field, condition) : planLookup(condition, field)
}

function lookup(field: string, values: readonly Json[]): Plan | undefined {
  if (field === '_id') {
    // Ids are texts: nothing else is ever equal to one.
    return values.some((value) => typeof value === 'object')
      ? undefined
      : { kind: 'lookup', field, keys: values.filter((value) => typeof value === 'string') }
  }
  if (!isFieldIndexed(field)) return undefined
  const keys = values.map(valueKey)
  return keys.every((key) => key !== undefined) ? { kind: 'lookup', field, keys: [...new Set(keys)] } : undefined
}

function either(plans: readonly (Plan | undefined)[]): Plan | undefined {
  const usable = plans.filter((plan) => plan !== undefined)
  return usable.length < 2 ? usable[0] : { kind: 'either', plans: usable }
}

function union(plans: readonly (Plan | undefined)[]): Plan | undefined {
  const usable = plans.filter((plan) => plan !== undefined)
  return usable.length === plans.length ? { kind: 'union', plans: usable } : undefined
}
