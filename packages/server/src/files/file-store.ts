import type { Readable } from 'node:stream'
import type { ByteRange } from './byte-range.ts'
import type { FileKey } from './file-key.ts'

/** Where the contents of files are kept. What a file is called, whose it is and who may read it is known elsewhere. */
export interface FileStore {
  /**
   * Keeps all of the content or none of it: it is there, and durable, when this resolves. A key is put once.
   * Throws `FILE_TOO_LARGE` as soon as more than `maxBytes` have come, `STORE_UNAVAILABLE`, and what the source or the
   * signal ends with; nothing stays behind then.
   */
  put(key: FileKey, content: Readable, limits: PutLimits): Promise<StoredFacts>
  /** undefined: there is no such content. Throws `STORE_UNAVAILABLE`. */
  stat(key: FileKey): Promise<StoredFacts | undefined>
  /** The content, or the part of it. Throws `FILE_NOT_FOUND`, `STORE_UNAVAILABLE`. */
  read(key: FileKey, range?: ByteRange): Promise<Readable>
  /** What is not there is removed already. Throws `STORE_UNAVAILABLE`. */
  remove(key: FileKey): Promise<void>
  /** A signed URL at which the store itself serves the content; undefined: the server has to. */
  readUrl(key: FileKey, facts: ReadUrlFacts): Promise<string | undefined>
  /** Removes what a crash has left half written. Throws `STORE_UNAVAILABLE`. */
  clean(): Promise<void>
  close(): Promise<void>
}

/** What a content may be. */
export interface PutLimits {
  readonly maxBytes: number
  /** The media type, for stores that serve contents themselves. */
  readonly type: string
  readonly signal: AbortSignal
}

/** What the store knows of a content. */
export interface StoredFacts {
  readonly sizeBytes: number
}

/** What a signed URL says. */
export interface ReadUrlFacts {
  readonly lifetimeSeconds: number
  readonly type: string
  /** The Content-Disposition that the answer has to carry. */
  readonly disposition: string
}
