import { DrawbridgeError } from '@drawbridge/protocol'

const decoder = new TextDecoder('utf-8', { fatal: true })
const DEPTH_MAX = 32
/** Names that mean something else than a field to JavaScript's objects. */
const REFUSED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Bytes as text; throws `BODY_NOT_JSON` when they are not UTF-8. */
export function readText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new DrawbridgeError('BODY_NOT_JSON', { field: 'body', reason: 'not UTF-8' })
  }
}

/**
 * Text as a JSON value. Throws `BODY_NOT_JSON` when it is none, `REQUEST_INVALID` when it is nested deeper than 32, or
 * holds a field named `__proto__`, `constructor` or `prototype`.
 */
export function readJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes the text, and the text may hold a credential: it goes nowhere.
    throw new DrawbridgeError('BODY_NOT_JSON', { field: 'body', reason: 'not JSON' })
  }
  assertPlain(value, 'body', 0)
  return value
}

function assertPlain(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= DEPTH_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'body', reason: `nested deeper than ${DEPTH_MAX}` })
  if (Array.isArray(value)) {
    for (const item of value) assertPlain(item, path, depth + 1)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    if (REFUSED_NAMES.has(name))
      throw new DrawbridgeError('REQUEST_INVALID', { field: `${path}.${name}`, reason: 'no such field name' })
    assertPlain(item, depth === 0 ? name.slice(0, 64) : path, depth + 1)
  }
}
