import { readFileSync } from 'node:fs'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'

/** The text of a UTF-8 file; undefined when there is none, or when it cannot be read, which is reported. */
export function readTextFile(path: string, place: Place, report: Report): string | undefined {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    if (reason !== 'ENOENT' && reason !== 'ENOTDIR') report('FILE_UNREADABLE', place, { reason })
    return undefined
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    report('FILE_NOT_UTF8', place)
    return undefined
  }
}
