import type { Policy } from './policy-source.ts'
import type { Refused } from './refusal.ts'
import type { OpenedCall, ReceivedCall } from './admitted-call.ts'

/** What became of a call that was opened: the function's result as JSON text, or why there is none. */
export type Reply = { readonly result: string } | { readonly error: unknown }

/** A call that was opened, and the way back. */
export interface Opening {
  readonly opened: OpenedCall
  /** The reply's `data` as JSON text, protected as the call asked; may throw the error to have it told in clear. */
  seal(reply: Reply): string
}

/**
 * Opens what comes protected on the stock client's wire. It is asked for calls that carry `_uniCloudOptions` in spaces
 * whose policy has the legacy wire on. A refusal goes to the client as a result with its code and one sentence a code,
 * before and after opening.
 */
export interface Opener {
  open(call: ReceivedCall, policy: Policy): Promise<Opening | Refused>
}
