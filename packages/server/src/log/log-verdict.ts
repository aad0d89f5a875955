import type { Verdict } from '../secure-network/verdict.ts'
import type { Log } from './create-log.ts'

/**
 * Writes into the log that the policy refused a call of the stock client, or would have: to that client a refusal is a
 * result like any other. The other wires tell theirs themselves.
 */
export function logVerdict(log: Log, { wire, outcome, requestId, spaceId, target, code, reason }: Verdict): void {
  if (wire !== 'unicloud' || outcome === 'admitted') return
  log.debug('client call refused', { requestId, spaceId, target, outcome, code, reason })
}
