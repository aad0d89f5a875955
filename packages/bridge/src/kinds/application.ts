import { DrawbridgeError } from '@drawbridge/protocol'
import { providerFor } from '../providers/table.ts'
import type { CredentialRecord } from '../store/record.ts'
import { isByHand } from '../refresh/is-by-hand.ts'
import { wholeRecord } from './kind.ts'
import type { Kind } from './kind.ts'

/** The kinds that belong to an app and not to a user: access_token and ticket. */
export function applicationKind(field: 'access_token' | 'ticket'): Kind {
  return {
    isOnlyPushed: false,
    reportable: field,
    view: (_key, record, now) => wholeRecord(record, now),
    isOver: () => false,
    dueAt(key, record, ahead) {
      // A pushed value has an owner elsewhere: asking the platform early could end it.
      if (record.source !== 'platform') return null
      const provider = providerFor(key)
      return provider === undefined ? null : ahead(record, provider.aheadMs)
    },
    async plan({ key, reason, seen, context }) {
      const provider = providerFor(key)
      if (provider === undefined) {
        throw new DrawbridgeError('CREDENTIAL_NOT_FETCHABLE', { platform: key.app.platform, kind: key.kind })
      }
      return {
        durability: 'cache',
        mintsOnCall: provider.mintsOnCall,
        canForce: provider.canForce,
        reportPauseMs: provider.reportPauseMs,
        satisfied(shared) {
          if (shared === undefined || wholeRecord(shared, context.now()) === undefined) return false
          // Asked because nothing good was there: anything good will do. Asked for another: only a later one.
          const wantsAnother = reason === 'ahead' || isByHand(reason)
          return !wantsAnother || shared.revision > (seen?.revision ?? 0)
        },
        async obtain(before, force) {
          const { value, expiresAt } = await provider.fetch(key, context, { force })
          const now = context.now()
          const previous = previousOf(before, (old) => provider.previousEndsAt(old, now), now)
          return {
            value,
            expiresAt,
            obtainedAt: now,
            source: 'platform',
            ...(previous === undefined ? {} : { previous }),
          }
        },
      }
    },
    pushed: (_key, { value, expiresAt, source, now }) => ({ value, expiresAt, obtainedAt: now, source }),
    removed: () => undefined,
  }
}

function previousOf(
  before: CredentialRecord | undefined,
  endsAt: (old: CredentialRecord) => number,
  now: number,
): CredentialRecord['previous'] {
  if (before === undefined || before.value === null) return undefined
  const expiresAt = endsAt(before)
  return expiresAt > now ? { value: before.value, expiresAt } : undefined
}
