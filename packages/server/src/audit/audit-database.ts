import type { CredentialKind } from '@drawbridge/bridge'
import type { Generated } from 'kysely'
import type { AuditVerb } from './audit-entry.ts'

/** A row of the audit trail. Moments are ms since epoch. */
export interface AuditTable {
  readonly id: Generated<number>
  readonly at: number
  readonly last_at: number
  readonly count: number
  readonly caller: string
  readonly address: string
  readonly verb: AuditVerb
  readonly kind: CredentialKind
  readonly platform: string
  readonly appid: string
  readonly openid: string | null
  readonly variant: string | null
  readonly result: string
  readonly request_id: string
}

/** The tables of the audit trail, for kysely. */
export interface AuditDatabase {
  readonly audit: AuditTable
}
