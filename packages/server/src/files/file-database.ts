/**
 * `pending`: its content is on the way. `ready`: it is there. `leaving`: its content is to be removed. `spent`: gone;
 * the row stays until its ticket has expired, so that it cannot be used again.
 */
export type FileState = 'pending' | 'ready' | 'leaving' | 'spent'

/** A file of a space. Moments are ms since epoch. */
export interface FileTable {
  readonly id: string
  readonly space_id: string
  /** What the user called it: a label. */
  readonly path: string
  readonly type: string
  readonly size_bytes: number
  /** What it takes of the space's quota. */
  readonly charged_bytes: number
  readonly state: FileState
  /** Where it came from; empty: a function. */
  readonly address: string
  readonly created_at: number
  /** When its ticket ends. */
  readonly expires_at: number
  /** When what is pending counts as abandoned. */
  readonly deadline_at: number
}

/** What a space's files take together. */
export interface FileUsageTable {
  readonly space_id: string
  readonly bytes: number
}

/** The tables of files, for kysely. */
export interface FileDatabase {
  readonly files: FileTable
  readonly file_usage: FileUsageTable
}
