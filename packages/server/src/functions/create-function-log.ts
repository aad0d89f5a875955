import type { FunctionLog, FunctionLogEntry } from './function-log.ts'

const TEXT_MAX = 8 * 1024
/** What an entry takes besides its text. */
const ENTRY_BYTES = 256

/** How much a function log keeps. */
export interface LogBounds {
  readonly maxEntries: number
  /** About; counted as two bytes a character. */
  readonly maxBytes: number
}

/** A log in memory that forgets the oldest lines. A line above 8192 characters is cut. */
export function createFunctionLog(bounds: LogBounds = { maxEntries: 20_000, maxBytes: 16 * 1024 * 1024 }): FunctionLog {
  let entries: (FunctionLogEntry | undefined)[] = []
  /** Where the oldest entry is; those before it are forgotten. */
  let first = 0
  let bytes = 0
  let seq = 0
  return {
    append(entry) {
      seq += 1
      const made = { seq, ...entry, text: cut(entry.text) }
      entries.push(made)
      bytes += size(made)
      while (entries.length - first > bounds.maxEntries || (bytes > bounds.maxBytes && entries.length - first > 1)) {
        const oldest = entries[first]
        if (oldest) bytes -= size(oldest)
        entries[first] = undefined
        first += 1
      }
      if (first > bounds.maxEntries) {
        entries = entries.slice(first)
        first = 0
      }
    },
    read({ spaceId, name, requestId, afterSeq = 0, limit = 1000 }) {
      const found: FunctionLogEntry[] = []
      // The oldest entry's place follows from its number: there are no gaps.
      const from = Math.max(first, entries.length - (seq - afterSeq))
      for (let at = from; at < entries.length && found.length < limit; at += 1) {
        const entry = entries[at]
        if (!entry) continue
        if (spaceId !== undefined && entry.spaceId !== spaceId) continue
        if (name !== undefined && entry.name !== name) continue
        if (requestId !== undefined && entry.requestId !== requestId) continue
        found.push(entry)
      }
      return found
    },
  }
}

function size({ text }: FunctionLogEntry): number {
  return ENTRY_BYTES + 2 * text.length
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}… (${text.length - TEXT_MAX} more characters)`
}
