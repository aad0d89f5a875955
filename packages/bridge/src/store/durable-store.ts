import type { CredentialStore } from './credential-store.ts'
import type { CredentialRecord } from './record.ts'

/** A change that the fast tier may not have; `record` is undefined when it has ended meanwhile. */
export interface PendingChange {
  readonly key: string
  readonly revision: number
  readonly record: CredentialRecord | undefined
}

/** A key whose record was changed, and what is stored under it now. */
export interface ChangedKey {
  readonly key: string
  readonly revision: number
  readonly isFastPending: boolean
}

/**
 * The fact that names the life of the fast store's server whose records may be believed. Empty: a fast store is used,
 * and must be emptied before it is believed. Not there: no replica has ever used one.
 */
export const FAST_INCARNATION = 'fast-incarnation'

/** What has changed in the durable tier since some moment. `all`: more than can be named. */
export interface ChangedKeys {
  readonly keys: readonly ChangedKey[] | 'all'
  /** Where to go on from. */
  readonly last: number
}

/** Tells what other processes changed, where the durable tier can tell. */
export interface ChangeFeed {
  /** Whether others may have changed something since `changesSince` was last answered; no I/O but a microsecond's. */
  mayHaveChanged(): boolean
  /** What changed after `number`; undefined as `number`: nothing yet, only where to start. Throws `STORE_UNAVAILABLE`. */
  changesSince(number: number | undefined): Promise<ChangedKeys>
}

/**
 * The durable tier: the one that decides. It also keeps the list of changes that the fast tier may not have, in the
 * same transaction as the change itself, so that no crash between the two tiers goes unnoticed.
 */
export interface DurableStore extends CredentialStore {
  /**
   * As in `CredentialStore`; with `isFastPending` the change is on the list until `clearFastPending`.
   * Reading a record that cannot be opened sets it aside, reports it and throws `RECORD_UNREADABLE` once; it counts
   * as absent from then on.
   */
  write(
    key: string,
    record: CredentialRecord,
    expectedRevision?: number,
    options?: { readonly isFastPending?: boolean },
  ): Promise<boolean>
  /** Puts the records under these keys, as they are, on the list. */
  markFastPending(keys: readonly string[]): Promise<void>
  /** The list, or the first `limit` of it. What has ended stays on it: the fast tier may hold what came before. */
  fastPending(limit: number): Promise<readonly PendingChange[]>
  /** Takes a change off the list, unless a later one has come since. */
  clearFastPending(key: string, revision: number): Promise<void>
  /** A small fact that all replicas share; undefined when it was never told. */
  recall(fact: string): Promise<string | undefined>
  remember(fact: string, value: string): Promise<void>
  readonly changes?: ChangeFeed
}
