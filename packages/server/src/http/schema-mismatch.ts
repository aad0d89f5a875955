import type { TLocalizedValidationError } from 'typebox/error'
import { DrawbridgeError } from '@drawbridge/protocol'

/** Where the value stood. */
type Part = 'path' | 'query' | 'body'

/**
 * A validator's findings as `REQUEST_INVALID`: the first one, with the field it is about and what was expected. Names
 * of fields go out, values never do.
 */
export function schemaMismatch(part: Part, findings: readonly TLocalizedValidationError[]): DrawbridgeError {
  // A finding of the kind "boolean" says of an unknown field only that it does not fit; the next one names it.
  const finding = findings.find(({ keyword }) => keyword !== 'boolean' && keyword !== 'const') ?? findings[0]
  if (!finding) return new DrawbridgeError('REQUEST_INVALID', { field: part })
  const { keyword, instancePath, message, params } = finding
  const place = instancePath.split('/').slice(1)
  if (keyword === 'required') return invalid(part, [...place, first(params, 'requiredProperties')], 'missing')
  if (keyword === 'additionalProperties')
    return invalid(part, [...place, first(params, 'additionalProperties')], 'unknown field')
  if (keyword === 'enum') return invalid(part, place, `must be one of ${allowed(params)}`)
  return invalid(part, place, message)
}

function invalid(part: Part, place: readonly string[], reason: string): DrawbridgeError {
  const field = place.map((name) => name.replace(/[^\w.-]/g, '?').slice(0, 64)).join('.')
  return new DrawbridgeError('REQUEST_INVALID', { field: field || part, in: part, reason })
}

function first(params: object, name: string): string {
  const list: unknown = Object.getOwnPropertyDescriptor(params, name)?.value
  return Array.isArray(list) ? String(list[0]) : ''
}

function allowed(params: object): string {
  const list: unknown = Object.getOwnPropertyDescriptor(params, 'allowedValues')?.value
  return Array.isArray(list) ? list.join(', ') : 'the documented values'
}
