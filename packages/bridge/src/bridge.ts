import type { App, Credential, CredentialKey, CredentialKind, CredentialValue, PlatformId } from './credential.ts'

/** A caller's own way to obtain a credential on a miss; `durationSeconds` undefined: not kept, -1: kept for ever. */
export type Fallback = (key: CredentialKey) => Promise<{
  readonly value: CredentialValue | null
  readonly durationSeconds?: number | undefined
}>

/**
 * Why the platform was asked: nothing was there, it had ended or was about to, a caller found it dead, or an operator
 * wanted it (`asked`), if need be at the cost of the one in use (`forced`).
 */
export type RefreshReason = 'absent' | 'expired' | 'ahead' | 'reported' | 'asked' | 'forced'

/** What became of one reported or forced refresh. */
export interface RefreshOutcome {
  /** `refreshed`: a new value is stored; `unchanged`: the platform gave the same one; `superseded`: the value had been replaced already. */
  readonly outcome: 'refreshed' | 'unchanged' | 'superseded'
  readonly expiresAt: number | null
}

/** One credential in a listing: everything but its value. */
export interface CredentialSummary {
  readonly storageKey: string
  readonly platform: PlatformId
  readonly appid: string
  readonly kind: CredentialKind
  readonly openid?: string
  readonly version?: number
  readonly obtainedAt: number
  readonly expiresAt: number | null
  readonly source: Credential['source']
  readonly revision: number
  /** Until when the generation before is honoured, ms since epoch. */
  readonly previousExpiresAt?: number
  readonly lastRefresh?: RefreshNote
}

/** What is remembered of the last attempts to refresh a credential; shared by all replicas; holds no secret. */
export interface RefreshNote {
  /** The replica that made the last attempt. */
  readonly by: string
  readonly at: number
  readonly reason: RefreshReason
  readonly outcome: 'ok' | 'failed'
  /** Failures in a row; the pause before the next attempt grows with it. */
  readonly failures: number
  /** No attempt before this moment, ms since epoch. */
  readonly retryAt: number
  readonly error?: {
    readonly code: string
    readonly errcode?: number
    readonly errmsg?: string
    readonly status?: number
  }
  /** Moments of forced refreshes within the platform's day, oldest first. */
  readonly forcedAt: readonly number[]
  /** The revision of the session key that a failure was met with; another session key ends the pause. */
  readonly context?: number
}

/** What happens inside, for logs, metrics and audit; never holds a secret. */
export type BridgeEvent =
  | {
      readonly type: 'read'
      readonly kind: CredentialKind
      readonly tier: 'memory' | 'fast' | 'durable' | 'platform' | 'none'
    }
  | {
      readonly type: 'refresh'
      readonly storageKey: string
      readonly platform: PlatformId
      readonly appid: string
      readonly kind: CredentialKind
      readonly reason: RefreshReason
      readonly outcome: 'ok' | 'unchanged' | 'failed' | 'lost' | 'joined'
      readonly durationMs: number
      readonly expiresAt?: number | null
      readonly error?: { readonly code: string; readonly errcode?: number; readonly errmsg?: string }
    }
  | {
      readonly type: 'upstream'
      readonly platform: PlatformId
      readonly appid: string
      readonly path: string
      /** 0 when the platform reported success; undefined when there was no readable answer. */
      readonly errcode?: number
      readonly status?: number
      readonly durationMs: number
    }
  | { readonly type: 'tier'; readonly tier: string; readonly state: 'up' | 'down'; readonly error?: string }
  | { readonly type: 'clock'; readonly skewMs: number; readonly host: string }
  | { readonly type: 'task'; readonly task: string; readonly outcome: 'ok' | 'failed'; readonly error?: string }

/** The apps that the configuration names. */
export interface Apps {
  /**
   * The app of a platform. `dcloudAppid` may be left out when only one app is configured for the platform.
   * Throws `APP_UNKNOWN`.
   */
  resolve(dcloudAppid: string | undefined, platform: string): App
  /** By the platform's own appid; undefined when unknown. */
  byAppid(platform: string, appid: string): App | undefined
  all(): readonly App[]
}

/** The credential bridge. Every method throws `DrawbridgeError` only (a fallback's own errors pass through). */
export interface Bridge {
  readonly apps: Apps
  /** The value if this process holds a good one: no promise, no I/O. For hot paths; undefined says nothing. */
  peek(key: CredentialKey): Credential | undefined
  /**
   * The credential: from memory, the fast tier, the durable tier, the fallback, the platform, in this order.
   * null when there is none and the platform cannot be asked for this kind.
   */
  get(key: CredentialKey, options?: { readonly fallback?: Fallback }): Promise<Credential | null>
  /** Keeps a pushed value; `expiresInSeconds` undefined or -1: for ever. Durable when it resolves. */
  set(key: CredentialKey, value: CredentialValue, expiresInSeconds?: number): Promise<void>
  /** Removes; it does not come back from any tier or from a refresh in flight. Durable when it resolves. */
  remove(key: CredentialKey): Promise<void>
  /** A caller found the value dead (40001, 40014, 42001). Refreshes only if `badValue` is still the current one. */
  reportInvalid(key: CredentialKey, badValue: string): Promise<RefreshOutcome>
  /** Asks the platform now; `force` uses force_refresh where the platform has it, within its limits (`REFRESH_LIMITED`). */
  refresh(key: CredentialKey, options?: { readonly force?: boolean }): Promise<RefreshOutcome>
  /** What is stored, without values, in key order; `after` is the last storageKey of the page before. */
  list(options: {
    readonly platform?: PlatformId
    readonly appid?: string
    readonly after?: string
    readonly limit: number
  }): Promise<readonly CredentialSummary[]>
  /** What is remembered of the last attempt to refresh, also where nothing is stored yet; undefined: none is. */
  lastRefresh(key: CredentialKey): Promise<RefreshNote | undefined>
  /** One round of the schedule, on this replica: refreshes what is due. Never throws; failures are events. */
  runSchedule(): Promise<void>
  /** Starts the schedule's timer and the sweep. */
  start(): void
  /** Which tiers answer right now; for /readyz and doctor. */
  health(): Promise<readonly { readonly tier: string; readonly ok: boolean; readonly error?: string }[]>
  /** Stops timers, waits for refreshes in flight to be kept, closes the stores. */
  close(): Promise<void>
}
