import type { AdmittedCall } from '../secure-network/admitted-call.ts'

/** The one way of every call into a function or a built-in object. It takes what `admit` has admitted and nothing else. */
export interface CallPath {
  /**
   * The result as JSON text (`null` for undefined). A method that a cloud object has not, or keeps private, is a result
   * too: `{errCode: 'METHOD_NOT_FOUND', errMsg, errSubject}`; so is what a method that a client calls throws with an
   * `errCode`: `{errCode, errMsg, errSubject?, detail?}`. Throws what else `FunctionHost.call` throws, and
   * `REQUEST_INVALID` for a call of an object that is none.
   */
  answer(call: AdmittedCall): Promise<string>
  /** What the name is in the space; undefined: nobody has it. Own names only. */
  kindOf(spaceId: string, name: string): 'function' | 'object' | undefined
}
