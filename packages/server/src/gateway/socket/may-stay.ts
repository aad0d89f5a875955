import type { RequestHeader } from '@drawbridge/protocol'
import type { OpenedCall } from '../../secure-network/admitted-call.ts'
import { admit } from '../../secure-network/admit.ts'
import { currentPolicy } from '../../secure-network/current-policy.ts'
import { openedCall } from '../../secure-network/opened-call.ts'
import { passPolicy } from '../../secure-network/pass-policy.ts'
import type { Policy } from '../../secure-network/policy-source.ts'
import { recordVerdict } from '../../secure-network/record-verdict.ts'
import { isRefused, refuse } from '../../secure-network/refusal.ts'
import type { Refusal, Refused } from '../../secure-network/refusal.ts'
import { refuseSuite } from '../../secure-network/usn1/refuse-suite.ts'
import { guarded } from '../../secure-network/v1/pass-envelope.ts'
import type { PassEnvelopeDeps } from '../../secure-network/v1/pass-envelope.ts'

/** Whether the call that opened a socket would still be let in; refusals are verdicts, as at the opening. */
export interface MayStay {
  /** By the policy of now; undefined: yes. Throws `SYSTEM_ERROR` where there is none to go by. */
  byPolicy(): Refusal | undefined
  /** By the user's session and the version of his key. */
  byKey(): Promise<Refusal | undefined>
}

/** @param header of the request that opened the socket */
export function createMayStay(
  admitted: OpenedCall,
  header: RequestHeader,
  deps: Pick<PassEnvelopeDeps, 'envelope' | 'policies' | 'verdicts' | 'gateway'>,
): MayStay {
  const { envelope, policies, verdicts } = deps
  let call = admitted

  const note = ({ refused }: Refused): Refusal => {
    const { code, reason } = refused
    recordVerdict(verdicts, { at: envelope.now(), call, outcome: 'refused', code, reason })
    return refused
  }

  return {
    byPolicy() {
      const policy = currentPolicy(policies, call.space)
      const closed = refuseWire(policy, header, call)
      if (closed) return note(closed)
      const own = guarded(call, policy, deps)
      // Most stay: a verdict each time would hide the others.
      if (admit(call, own).admitted) return undefined
      const passed = passPolicy(call, own, { verdicts, now: envelope.now })
      return isRefused(passed) ? passed.refused : undefined
    },
    async byKey() {
      const { space, facts, proof } = call
      // A login code is good for a while only: the user whose it was is known by now.
      const subject = proof?.openid === undefined ? header.subject : `${proof.wxAppid ?? ''}:${proof.openid}`
      const found = await envelope.keys[header.keyKind].find({
        header: { ...header, subject },
        space,
        policy: currentPolicy(policies, space),
        address: facts.clientIp,
      })
      if (isRefused(found)) return note(found)
      if (proof) call = openedCall(call, { ...proof, ...found.sender })
      return undefined
    },
  }
}

/** What no rule says: whether the wire is there at all, and whether it may use the suite. */
function refuseWire(policy: Policy, header: RequestHeader, { proof }: OpenedCall): Refused | undefined {
  if (policy.mode === 'off') return refuse('SECURE_NETWORK_OFF', 'the secure network is off in this space')
  return refuseSuite(header, policy, proof?.platform ?? '')
}
