import type { CredentialStore } from './credential-store.ts'

/** What a fast store tells by itself. */
export interface FastStoreListener {
  /** It answers, or it does not; `error` says why, without a secret. */
  state(state: 'up' | 'down', error?: string): void
  /** These keys were changed by others; `all`: anything may have been, some tellings may have been lost. */
  changed(keys: readonly string[] | 'all'): void
}

/**
 * A tier that all replicas share and that may lose anything at any time, or come back as it was long ago. Every call
 * is bounded by a short time limit of its own.
 */
export interface FastStore extends CredentialStore {
  /** Whether it would be asked now; no I/O. */
  isUp(): boolean
  /** Whether it tells of every change by others, right now. */
  isTracking(): boolean
  subscribe(listener: FastStoreListener): void
  /** Asks whether it still answers and tells of changes; a store that was away is found to be back by this. */
  check(): Promise<void>
  /** Drops what is stored at this revision or before, so that the durable tier is asked. */
  forget(key: string, revision: number): Promise<void>
  /** Names the life of the server: another one may hold what an earlier one had held before. Undefined: nobody can tell. */
  incarnation(): Promise<string | undefined>
  /** By which policy it throws keys away by itself; `noeviction`: it never does; undefined: it does not tell. */
  evictionPolicy(): Promise<string | undefined>
  /** Drops every record. */
  clear(): Promise<void>
}
