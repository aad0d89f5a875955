import type { Policy } from './policy-source.ts'
import { admit } from './admit.ts'
import { recordVerdict } from './record-verdict.ts'
import { refuse } from './refusal.ts'
import type { Refused } from './refusal.ts'
import type { AdmittedCall, OpenedCall } from './admitted-call.ts'
import type { VerdictSink } from './verdict.ts'

/** Holds an opened call against the policy and tells the sink what came of it. */
export function passPolicy(
  call: OpenedCall,
  policy: Policy,
  { verdicts, now }: { readonly verdicts: VerdictSink; readonly now: () => number },
): AdmittedCall | Refused {
  const admission = admit(call, policy)
  const { judgement, admitted } = admission
  const outcome = judgement.outcome === 'refused' && admitted ? 'would-refuse' : judgement.outcome
  recordVerdict(verdicts, { at: now(), call, ...judgement, outcome, byPolicy: true })
  if (admission.admitted) return admission.admitted
  const { code, reason } = admission.judgement
  return refuse(code, reason)
}
