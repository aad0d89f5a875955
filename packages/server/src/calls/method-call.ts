import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'

const PARAMS_MAX = 64

/** A call of a cloud object's method. */
export interface MethodCall {
  readonly method: string
  readonly params: readonly Json[]
}

/**
 * The method and parameters of an object's call. Throws `FUNCTION_METHOD_UNKNOWN` for a name that no caller may use:
 * none at all, or one that begins with `_`; `REQUEST_INVALID` for parameters that are no list.
 */
export function readMethodCall(args: JsonObject): MethodCall {
  const method = own(args, 'method')
  if (typeof method !== 'string' || method === '' || method.startsWith('_'))
    throw new DrawbridgeError('FUNCTION_METHOD_UNKNOWN')
  const params = own(args, 'params') ?? []
  if (!isList(params)) throw new DrawbridgeError('REQUEST_INVALID', { field: 'params', reason: 'not a list' })
  if (params.length > PARAMS_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'params', reason: `more than ${PARAMS_MAX}` })
  return { method, params }
}

function own(args: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
