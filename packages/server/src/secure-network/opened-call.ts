import type { ClientProof } from './client-proof.ts'
import type { OpenedCall, ReceivedCall } from './admitted-call.ts'

/**
 * A call that an opener has opened, or that came plain and had nothing to open. Openers alone may say so: `args` and
 * `facts` have to be what was inside the protection, and the proof what it has shown.
 */
export function openedCall(call: ReceivedCall, proof: ClientProof | undefined): OpenedCall {
  return { ...call, proof } as OpenedCall
}
