import type { OpendbDocument } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { isObject } from '../config/place.ts'

/**
 * The documents of an export of `opendb-open-data`: a JSON array, one document, or one document a line. Values that
 * are objects already become the JSON strings that the reference stores. Throws `REQUEST_INVALID` naming the line.
 */
export function readOpendbText(text: string): readonly OpendbDocument[] {
  const body = text.replace(/^\uFEFF/, '').trim()
  const whole = body.startsWith('[') ? parse(body, 1) : undefined
  const items = Array.isArray(whole)
    ? whole.map((item: unknown, index) => [item, index + 1] as const)
    : body
        .split(/\r?\n/)
        .flatMap((line, index) => (line.trim() === '' ? [] : [[parse(line, index + 1), index + 1] as const]))
  return items.map(([item, line]) => toDocument(item, line))
}

function parse(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'file', line, reason: 'not JSON' }, { cause })
  }
}

function toDocument(item: unknown, line: number): OpendbDocument {
  if (!isObject(item) || typeof item._id !== 'string' || item.value === undefined) {
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'file', line, reason: 'not a document with _id and value' })
  }
  const { _id, value, expired } = item
  return {
    _id,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    ...(typeof expired === 'number' && { expired }),
  }
}
