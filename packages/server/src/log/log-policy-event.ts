import { errorTable } from '@drawbridge/protocol'
import type { PolicyEvent } from '../secure-network/policy/create-policy-store.ts'
import type { Log } from './create-log.ts'

/** Writes into the log that a policy changed, or could not be read. */
export function logPolicyEvent(log: Log, event: PolicyEvent): void {
  if (event.type === 'policy-changed') {
    const { spaceId, revision, mode, changedBy } = event
    log.info('policy changed', { spaceId, revision, mode, changedBy })
    return
  }
  const { remedyEn: remedy, remedyZh } = errorTable.POLICY_UNREADABLE
  const fields = { spaceId: event.spaceId, remedy, remedyZh }
  if (event.error === undefined) log.warn('policy unreadable', fields)
  else log.failure('policy unreadable', event.error, fields)
}
