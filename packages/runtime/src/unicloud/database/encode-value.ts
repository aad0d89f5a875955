import { types } from 'node:util'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '../../wire/worker-frame.ts'
import { expressionOf } from './command.ts'

/** Objects within each other; a circle has no end. */
export const DEPTH_MOST = 64

const serverDates = new WeakMap<object, number>()

/** `db.serverDate({offset})`: the server's time when it writes, and `offset` ms later. */
export function serverDate({ offset = 0 }: { readonly offset?: number } = {}): object {
  const date = Object.create({}) as object
  serverDates.set(date, offset)
  return date
}

/**
 * A value as the store takes it: a Date is `{$date: ms}`. undefined: there is nothing to store, as for a function.
 * Throws `DOCUMENT_INVALID` for what JSON does not have.
 */
export function encodeValue(value: unknown, depth = 1): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw invalid('a number that is none')
      return value
    case 'bigint':
      throw invalid('a bigint')
    case 'object':
      return value === null ? null : encodeObject(value, depth)
    default:
      return undefined
  }
}

/** A value that has to be there. Throws `DOCUMENT_INVALID`. */
export function encodeOperand(value: unknown): Json {
  const encoded = encodeValue(value)
  if (encoded === undefined) throw invalid('undefined')
  return encoded
}

/** Whether an object has fields of its own that conditions and changes may go into. */
export function isPlainFields(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (types.isDate(value) || types.isRegExp(value) || ArrayBuffer.isView(value)) return false
  if (expressionOf(value) !== undefined || serverDates.has(value)) return false
  return !('toJSON' in value && typeof value.toJSON === 'function')
}

function encodeObject(value: object, depth: number): Json {
  if (depth > DEPTH_MOST) throw invalid('too deep')
  if (types.isDate(value)) return encodeDate(value)
  const offset = serverDates.get(value)
  if (offset !== undefined) return { $serverDate: offset }
  if (expressionOf(value) !== undefined) throw invalid('a command within a value')
  if (types.isRegExp(value)) throw invalid('a regular expression within a value')
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) throw invalid('bytes')
  if (Array.isArray(value)) return value.map((element: unknown) => encodeValue(element, depth + 1) ?? null)
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return encodeValue((value.toJSON as () => unknown)(), depth + 1) ?? null
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]): [string, Json][] => {
      const encoded = encodeValue(each, depth + 1)
      return encoded === undefined ? [] : [[name, encoded]]
    }),
  )
}

function encodeDate(date: Date): Json {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw invalid('a Date that is none')
  return { $date: ms }
}

/** A value as functions have it: what was `{$date: ms}` is a Date. */
export function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decodeValue)
  const names = Object.keys(value)
  if (names.length === 1 && '$date' in value && typeof value.$date === 'number') return new Date(value.$date)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decodeValue(each)]))
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('DOCUMENT_INVALID', { reason })
}
