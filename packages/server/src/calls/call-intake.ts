import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'

/** A call as a wire read it: authentic as far as the wire can tell, neither opened nor admitted. */
export interface IncomingCall {
  readonly space: Space
  readonly name: string
  /** What the client sent as the function's arguments, less `clientInfo` and `uniIdToken`. */
  readonly args: JsonObject
  readonly facts: CallFacts
  /** How many functions called one another before this one; 0 when left out. */
  readonly depth?: number
}

/** Where wires hand their calls in: each is opened where it was sealed, held against the policy, run, and sealed again. */
export interface CallIntake {
  /**
   * The result as JSON text. A client's call that the policy refuses is a result too, `{errCode, errSubject, errMsg}`
   * with subject `uni-secure-network`: uniCloud's client looks for it there. Other sources' refusals are thrown. Throws
   * what the call path throws, and `FUNCTION_NOT_FOUND` for a name that nobody has.
   */
  answer(call: IncomingCall): Promise<string>
}
