import type { CredentialRecord } from './record.ts'

/** A record under its key, as a listing gives it. */
export interface ListedRecord {
  readonly key: string
  readonly record: CredentialRecord
}

/**
 * The port of one tier that keeps records. Adapters: memory, SQLite, Redis; later PostgreSQL and MySQL.
 * Every adapter passes `contract/credential-store.ts`. A store that cannot answer (gone, or hanging past its own
 * short time limit) throws `STORE_UNAVAILABLE`; it never answers "absent" when it does not know.
 */
export interface CredentialStore {
  readonly name: string
  /** The record, tombstones included; undefined when there is none, or when it has passed `expiresAt`. */
  read(key: string): Promise<CredentialRecord | undefined>
  /**
   * Compare-and-set. Writes only if `record.revision` is greater than what is stored, and, with
   * `expectedRevision`, only if exactly that revision is stored (0: nothing is, or it has expired).
   * Answers whether it was written; when it resolves true the write is durable as far as the tier can be.
   */
  write(key: string, record: CredentialRecord, expectedRevision?: number): Promise<boolean>
  /** Records whose key starts with `prefix`, in key order, after `after`, at most `limit`; tombstones are left out. */
  list(options: {
    readonly prefix?: string
    readonly after?: string
    readonly limit: number
  }): Promise<readonly ListedRecord[]>
  /** Drops what has expired (tombstones too); answers how many. */
  sweep(): Promise<number>
  close(): Promise<void>
}
