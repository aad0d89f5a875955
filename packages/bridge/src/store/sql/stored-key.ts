import { createHash } from 'node:crypto'

/** Longer text cannot be indexed by every database in every encoding. */
const KEY_CHARS_MOST = 191
const HEAD_CHARS = 120
const SHORT_FORM = /~[0-9a-f]{64}$/

/**
 * A storage key as a table's key column holds it: itself, or, where it is longer than 191 characters, its first 120
 * and its SHA-256. A key that looks like such a short form is given one too, so that no two keys ever meet in one row.
 */
export function storedKey(key: string): string {
  if (key.length <= KEY_CHARS_MOST && !SHORT_FORM.test(key)) return key
  return `${key.slice(0, HEAD_CHARS)}~${createHash('sha256').update(key).digest('hex')}`
}
