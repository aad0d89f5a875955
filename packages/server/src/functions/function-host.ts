import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import type { PolicyFault } from '../secure-network/policy/policy-fault.ts'
import type { FunctionFacts } from './function-facts.ts'
import type { FunctionLog } from './function-log.ts'

/** A call that has been admitted and goes to a function of a space. */
export interface FunctionCall {
  readonly spaceId: string
  readonly name: string
  /** User data for a function, `{method, params}` for an object. */
  readonly event: JsonObject
  readonly facts: CallFacts
  /** How many functions called one another before this one. */
  readonly depth: number
}

/** Runs the functions of all spaces in worker processes. */
export interface FunctionHost {
  /**
   * Runs the function; gives its result as JSON text (`null` for undefined). Throws `FUNCTION_NOT_FOUND`,
   * `FUNCTION_METHOD_UNKNOWN`, `FUNCTION_FAILED` (detail.message: what it threw), `FUNCTION_LOAD_FAILED`,
   * `FUNCTION_TIMED_OUT`, `FUNCTION_CRASHED`, `FUNCTION_MEMORY_EXCEEDED`, `FUNCTION_BUSY`.
   */
  call(call: FunctionCall): Promise<string>
  /** Undefined: no such function. Own names only. */
  find(spaceId: string, name: string): FunctionFacts | undefined
  list(spaceId: string): readonly FunctionFacts[]
  /** Reads the folder again; calls that run finish on the old code, later ones run on the new. A fault keeps the old. */
  reload(spaceId: string): Promise<readonly ReloadFault[]>
  /** What is wrong with the code that was read last; waits until a first worker has parsed it. */
  faults(spaceId: string): Promise<readonly ReloadFault[]>
  readonly log: FunctionLog
  close(): Promise<void>
}

/** Where new code of a function is wrong; the old code runs on. */
export interface ReloadFault {
  readonly name: string
  readonly file: string
  readonly line?: number
  /** From 1. */
  readonly column?: number
  readonly message: string
  /** It is its policy that is wrong; the code itself runs. */
  readonly policy?: Pick<PolicyFault, 'code' | 'en' | 'zh' | 'remedyEn' | 'remedyZh' | 'isClosing'>
}
