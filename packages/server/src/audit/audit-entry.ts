import type { CredentialKind } from '@drawbridge/bridge'

/** What was done with a credential. */
export type AuditVerb = 'read' | 'set' | 'remove' | 'refresh' | 'report-invalid'

/** One act on one credential: by whom, from where, with what result. There is no field that could hold a value. */
export interface AuditEntry {
  /** ms since epoch. */
  readonly at: number
  /** `Caller.id`. */
  readonly caller: string
  readonly address: string
  readonly verb: AuditVerb
  readonly kind: CredentialKind
  readonly platform: string
  readonly appid: string
  readonly openid?: string | undefined
  /** The version of an encrypt key, or the type of a ticket. */
  readonly variant?: string | undefined
  /** `ok`, `absent`, or the code of the error. */
  readonly result: string
  readonly requestId: string
}

/** A stored row: one act, or several equal reads within the same second or so. */
export interface AuditRow extends AuditEntry {
  readonly id: number
  /** How many reads the row stands for; 1 for everything that is not a read. */
  readonly count: number
  /** When the last of them was, ms since epoch. */
  readonly lastAt: number
}

/** What to look for; every part is optional, all must hold. */
export interface AuditQuery {
  readonly caller?: string | undefined
  /** An appid. */
  readonly appid?: string | undefined
  readonly kind?: CredentialKind | undefined
  /** Not before this moment, ms since epoch. */
  readonly from?: number | undefined
  /** Before this moment. */
  readonly to?: number | undefined
  /** Rows with a smaller id: the last id of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}
