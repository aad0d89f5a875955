import type { LogLevel } from '@drawbridge/runtime'

/** One line of a function's log, or the end of a call. */
export interface FunctionLogEntry {
  /** Ascending in this process. */
  readonly seq: number
  /** ms since epoch. */
  readonly at: number
  readonly spaceId: string
  readonly name: string
  readonly requestId: string
  readonly level: LogLevel
  readonly text: string
  /** Set in the entry that ends a call. */
  readonly end?: { readonly code: string; readonly durationMs: number; readonly memoryMb: number }
}

/** The last lines of all functions, bounded in number and bytes. */
export interface FunctionLog {
  append(entry: Omit<FunctionLogEntry, 'seq'>): void
  /** Entries after `afterSeq`, oldest first, at most `limit`. */
  read(filter: {
    readonly spaceId?: string
    readonly name?: string
    readonly requestId?: string
    readonly afterSeq?: number
    readonly limit?: number
  }): readonly FunctionLogEntry[]
}
