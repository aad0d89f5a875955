import type { ReceivedRequest } from '@drawbridge/protocol'
import type { Space } from '../../spaces/space.ts'
import { recordVerdict } from '../record-verdict.ts'
import type { Refusal } from '../refusal.ts'
import { callFacts } from '../usn1/call-facts.ts'
import type { Sender } from '../usn1/call-facts.ts'
import type { AuthenticRequest, EnvelopeDeps } from '../usn1/open-envelope.ts'
import type { VerdictSink } from '../verdict.ts'

/** An envelope that was refused before the policy, as far as it was read. */
export interface RefusedEnvelope {
  readonly space: Space
  readonly sender: Sender
  /** Left out: it could not be read. What its header says is believed only with `authentic`. */
  readonly received?: Pick<ReceivedRequest, 'header'> | undefined
  readonly authentic?: AuthenticRequest | undefined
}

/** The verdict about it. */
export function noteRefusal(
  { code, reason }: Refusal,
  { space, sender, received, authentic }: RefusedEnvelope,
  { verdicts, envelope }: { readonly verdicts: VerdictSink; readonly envelope: Pick<EnvelopeDeps, 'now'> },
): void {
  const { appId = '', target = '', secretType = 'none' } = received?.header ?? {}
  recordVerdict(verdicts, {
    at: envelope.now(),
    call: { wire: 'v1', space, target, facts: callFacts(sender, {}), ...(authentic && { proof: authentic.proof }) },
    outcome: 'refused',
    code,
    reason,
    ...(!authentic && { claimed: { appId, secretType } }),
  })
}
