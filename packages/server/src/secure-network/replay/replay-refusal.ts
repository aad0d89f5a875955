import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { VerdictReason } from '../verdict-reasons.ts'
import type { ReplayOutcome } from './replay-guard.ts'

const RETRY_SECONDS = 5

/**
 * What the guard said of a message, as a refusal; undefined: it is fresh.
 * @param outcome `gone`: the guard did not answer, which lets nothing in
 * @param seen why one that came before is refused
 */
export function replayRefusal(outcome: ReplayOutcome | 'gone', seen: VerdictReason): Refused | undefined {
  if (outcome === 'fresh') return undefined
  if (outcome === 'seen') return refuse('ENVELOPE_REJECTED', seen.reason)
  if (typeof outcome === 'object') {
    const reason = 'it was made before the replay memory began, which knows nothing of that time'
    return { refused: { code: 'CLIENT_TIME_SKEWED', reason, ...outcome } }
  }
  const reason = outcome === 'full' ? 'the replay memory is full' : 'the replay memory does not answer'
  return { refused: { code: 'SYSTEM_ERROR', reason, retryAfterSeconds: RETRY_SECONDS } }
}
