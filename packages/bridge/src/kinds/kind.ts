import type { RefreshReason } from '../bridge.ts'
import type { Credential, CredentialKey, CredentialValue } from '../credential.ts'
import type { FetchContext } from '../providers/provider.ts'
import type { NextRecord, RefreshPlan } from '../refresh/refresher.ts'
import type { CredentialRecord } from '../store/record.ts'

/** A refresh as a kind asks for it; the bridge adds what is the same for all. */
export type KindPlan = Pick<RefreshPlan, 'durability' | 'mintsOnCall' | 'satisfied' | 'obtain'> & {
  readonly context?: number
  readonly canForce: boolean
  /** No second refresh of a value reported bad within this time, ms. */
  readonly reportPauseMs: number
}

/** What the bridge tells a kind when it wants a refresh. */
export interface PlanRequest {
  readonly key: CredentialKey
  readonly reason: RefreshReason
  /** What this process saw stored; undefined when nothing is. */
  readonly seen: CredentialRecord | undefined
  readonly context: FetchContext
}

/** One kind of credential: how its record is read, changed and obtained. */
export interface Kind {
  /** Whether nobody but a caller can bring it: without a store there is nothing to answer. */
  readonly isOnlyPushed: boolean
  /** The field that holds the secret which callers present to the platform; undefined: none can be reported bad. */
  readonly reportable?: string
  /** What a reader gets of a stored record; undefined: nothing that is still good. */
  view(key: CredentialKey, record: CredentialRecord, now: number): Credential | undefined
  /** Whether the platform honours the value no more although the record lives. */
  isOver(record: CredentialRecord, now: number): boolean
  /** From when to refresh ahead, as a distance before `expiresAt`; or a moment of its own. */
  dueAt(key: CredentialKey, record: CredentialRecord, ahead: AheadOfEnd): number | null
  /** How the platform is asked; undefined: it cannot be asked for this. Throws when asking would be useless. */
  plan(request: PlanRequest): Promise<KindPlan | undefined>
  /** The record after a push. */
  pushed(key: CredentialKey, push: Push, seen: CredentialRecord | undefined): NextRecord
  /** The record after a removal; undefined: the whole record goes. */
  removed(key: CredentialKey, seen: CredentialRecord | undefined, now: number): NextRecord | undefined
}

/** A value that a caller pushed. */
export interface Push {
  readonly value: CredentialValue
  /** ms since epoch; null: never. */
  readonly expiresAt: number | null
  readonly source: 'pushed' | 'fallback'
  readonly now: number
}

/** Picks a moment between the two distances before a record's end, the same one for the same revision. */
export type AheadOfEnd = (record: CredentialRecord, aheadMs: readonly [least: number, most: number]) => number | null

/** A record as a credential, unless it has ended or is a tombstone. */
export function wholeRecord(record: CredentialRecord, now: number): Credential | undefined {
  const { value, expiresAt, obtainedAt, source, revision } = record
  if (value === null || (expiresAt !== null && expiresAt <= now)) return undefined
  return { value, expiresAt, obtainedAt, source, revision }
}
