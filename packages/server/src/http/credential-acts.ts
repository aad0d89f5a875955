import type {
  Bridge,
  Credential,
  CredentialKey,
  CredentialKind,
  CredentialValue,
  RefreshOutcome,
} from '@drawbridge/bridge'
import type { AuditVerb } from '../audit/audit-entry.ts'
import type { Audit } from '../audit/create-audit.ts'
import type { MaybePromise } from '../callers/and-then.ts'
import type { Caller } from '../callers/caller.ts'
import { demand } from '../callers/scope.ts'
import type { Verb } from '../callers/scope.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { ourCode } from './error-answer.ts'
import type { Visit } from './visit.ts'

/** Who acts, in which request. */
export interface Actor {
  readonly caller: Caller
  readonly visit: Visit
}

/** Which credential an act is about, as the audit trail names it. */
export interface ActTarget {
  readonly kind: CredentialKind
  readonly platform: string
  readonly appid: string
  readonly openid?: string | undefined
  readonly variant?: string | undefined
}

/**
 * What callers do with credentials: each act asks for its right first and is written into the audit trail whatever
 * becomes of it, so that no route can forget either.
 */
export interface CredentialActs {
  /** The credential, at once when this process holds a good one; null when there is none. */
  read(actor: Actor, key: CredentialKey): MaybePromise<Credential | null>
  set(
    actor: Actor,
    key: CredentialKey,
    value: CredentialValue,
    expiresInSeconds: number | undefined,
  ): MaybePromise<void>
  remove(actor: Actor, key: CredentialKey): MaybePromise<void>
  refresh(actor: Actor, key: CredentialKey, options: { readonly force: boolean }): MaybePromise<RefreshOutcome>
  reportInvalid(actor: Actor, key: CredentialKey, badValue: string): MaybePromise<RefreshOutcome>
  /** Any other act, on the record. `work` asks for the right itself. */
  act<T>(actor: Actor, verb: AuditVerb, target: ActTarget, work: () => MaybePromise<T>): MaybePromise<T>
}

/** The right that an act needs. */
export const verbOf: Readonly<Record<AuditVerb, Verb>> = {
  read: 'read',
  set: 'write',
  remove: 'write',
  refresh: 'refresh',
  'report-invalid': 'refresh',
}

/** Acts on a bridge, on the record. */
export function createCredentialActs({
  bridge,
  audit,
  metrics,
}: {
  readonly bridge: Bridge
  readonly audit: Audit
  readonly metrics: Metrics
}): CredentialActs {
  const record = ({ caller, visit }: Actor, verb: AuditVerb, target: ActTarget, result: string): void => {
    const { at, address, requestId } = visit
    const { kind, platform, appid, openid, variant } = target
    audit.record({ at, caller: caller.id, address, verb, kind, platform, appid, openid, variant, result, requestId })
  }

  const act: CredentialActs['act'] = (actor, verb, target, work) => {
    const done = <T>(value: T): T => {
      record(actor, verb, target, verb === 'read' && value === null ? 'absent' : 'ok')
      return value
    }
    const failed = (error: unknown): never => {
      record(actor, verb, target, ourCode(error))
      throw error
    }
    try {
      const value = work()
      return value instanceof Promise ? value.then(done, failed) : done(value)
    } catch (error) {
      return failed(error)
    }
  }

  /** An act on a key: the right is asked for within, so that a refusal is on the record too. */
  const actOn = <T>(actor: Actor, verb: AuditVerb, key: CredentialKey, work: () => MaybePromise<T>): MaybePromise<T> =>
    act(actor, verb, targetOf(key), () => {
      demand(actor.caller, key.app, key.kind, verbOf[verb])
      return work()
    })

  return {
    act,
    read: (actor, key) =>
      actOn(actor, 'read', key, () => {
        const held = bridge.peek(key)
        if (held === undefined) return bridge.get(key)
        metrics.onMemoryRead(key.kind)
        return held
      }),
    set: (actor, key, value, expiresInSeconds) =>
      actOn(actor, 'set', key, () => bridge.set(key, value, expiresInSeconds)),
    remove: (actor, key) => actOn(actor, 'remove', key, () => bridge.remove(key)),
    refresh: (actor, key, options) => actOn(actor, 'refresh', key, () => bridge.refresh(key, options)),
    reportInvalid: (actor, key, badValue) =>
      actOn(actor, 'report-invalid', key, () => bridge.reportInvalid(key, badValue)),
  }
}

function targetOf({ kind, app, openid, version, ticketType }: CredentialKey): ActTarget {
  const variant = kind === 'encrypt_key' ? String(version) : kind === 'ticket' ? (ticketType ?? 'jsapi') : undefined
  return { kind, platform: app.platform, appid: app.appid, openid, variant }
}
