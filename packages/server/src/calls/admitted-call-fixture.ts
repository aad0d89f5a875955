import { admit } from '../secure-network/admit.ts'
import { secureNetworkOff } from '../secure-network/config-policies.ts'
import { openedCall } from '../secure-network/opened-call.ts'
import type { AdmittedCall } from '../secure-network/admitted-call.ts'
import type { IncomingCall } from './call-intake.ts'

/** A call as a space without a secure network admits it: every one. */
export function admittedCall({ name, ...incoming }: IncomingCall): AdmittedCall {
  const call = openedCall({ ...incoming, wire: 'unicloud', target: { kind: 'function', name } }, undefined)
  const { admitted } = admit(call, { ...secureNetworkOff, revision: 1 })
  if (!admitted) throw new Error('refused')
  return admitted
}
