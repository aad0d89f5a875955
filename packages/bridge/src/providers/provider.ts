import type { Credential, CredentialKey, CredentialValue } from '../credential.ts'
import type { CredentialRecord } from '../store/record.ts'
import type { Upstream } from './upstream.ts'

/** What one answer of the platform comes to. */
export interface Fetched {
  readonly value: CredentialValue
  /** When it ends, ms since epoch, counted from before the request; null: never. */
  readonly expiresAt: number | null
}

/** What a provider may use besides the platform itself. */
export interface FetchContext {
  readonly upstream: Upstream
  readonly now: () => number
  /** Reads another credential, by the whole path of stores and platform. */
  readonly get: (key: CredentialKey) => Promise<Credential | null>
  /** Tells that an access_token was refused, so that the next `get` gives another. */
  readonly reportInvalid: (key: CredentialKey, badValue: string) => Promise<unknown>
  /** The app of another platform under the same DCloud app. Throws `APP_UNKNOWN`. */
  readonly siblingApp: (key: CredentialKey, platform: string) => CredentialKey['app']
}

/** How one kind of credential is obtained from one platform, and what the platform does with the one before. */
export interface Provider {
  /**
   * A refresh pays from here on before the end, ms; a replica picks its own moment between the two, so that
   * five do not come at once. `[0, 0]`: only when it has ended.
   */
  readonly aheadMs: readonly [least: number, most: number]
  /**
   * Every call makes a new value and shortens the life of the one before. Such a platform is only asked when
   * the shared stores can be asked first: otherwise replicas would kill each other's values.
   */
  readonly mintsOnCall: boolean
  /** No second refresh of a value reported bad within this time, ms. */
  readonly reportPauseMs: number
  /** When the generation before ends once a new one was obtained at `now`, ms since epoch. */
  previousEndsAt(old: CredentialRecord, now: number): number
  /** Whether `force` has a meaning here (WeChat's force_refresh). */
  readonly canForce: boolean
  fetch(key: CredentialKey, context: FetchContext, options: { readonly force: boolean }): Promise<Fetched>
}
