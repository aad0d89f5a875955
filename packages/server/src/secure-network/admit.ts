import { isPlainRefused, judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import type { Policy } from './policy-source.ts'
import type { AdmittedCall, OpenedCall } from './admitted-call.ts'

/** What became of a call before the policy. In monitor mode a refused call is admitted all the same, if its route lets it. */
export type Admission =
  | { readonly judgement: Judgement; readonly admitted: AdmittedCall }
  | { readonly judgement: Extract<Judgement, { outcome: 'refused' }>; readonly admitted: undefined }

/** The one maker of admitted calls: nothing else lets a call into a function or a backend. */
export function admit(call: OpenedCall, policy: Policy): Admission {
  const judgement = judge(call, policy)
  const isFinal = policy.mode !== 'monitor' || isPlainRefused(call, policy)
  if (judgement.outcome === 'refused' && isFinal) return { judgement, admitted: undefined }
  return { judgement, admitted: call as AdmittedCall }
}
