import type { CredentialSource, CredentialValue } from '../credential.ts'

/** One stored credential in the clear; at rest it is sealed. `value: null` is a tombstone: removed, and not to come back. */
export interface CredentialRecord {
  readonly value: CredentialValue | null
  /** Rises with every change; `max(startedAt, seen.revision + 1)`, so it survives the loss of a tier. */
  readonly revision: number
  /** When the value was obtained or pushed, ms since epoch. */
  readonly obtainedAt: number
  /** When it ends, ms since epoch; null: never. A tombstone has an end: after it the tombstone may be forgotten. */
  readonly expiresAt: number | null
  readonly source: CredentialSource
  /** The generation before, still honoured by the platform until its own end. */
  readonly previous?: { readonly value: CredentialValue; readonly expiresAt: number }
}
