import { DrawbridgeError } from '@drawbridge/protocol'
import type { FunctionCall } from './function-host.ts'
import type { FunctionFacts } from './function-facts.ts'
import type { Generation } from './generation.ts'

/** A call between its admission and its result. */
export interface RunningCall {
  readonly call: FunctionCall
  readonly facts: FunctionFacts
  readonly generation: Generation
  /** Monotonic ms. */
  readonly queuedAt: number
  /** Undefined while it waits for a worker. */
  dispatchedAt: number | undefined
  /** Whether user code may have run for it: it must not run again then. */
  hasBegun: boolean
  /** How often a worker ended before it began. */
  attempts: number
  /** Characters that its log may still take. */
  logLeft: number
  isSettled: boolean
  /** Ends the call; later ends are ignored. */
  settle(outcome: CallOutcome, memoryMb: number): void
}

/** The result as JSON text, or why there is none; `text` is for the function's log. */
export type CallOutcome =
  | { readonly ok: true; readonly result: string }
  | { readonly ok: false; readonly error: DrawbridgeError; readonly text?: string }

/** The end of a call that the host ended. */
export function failure(
  code:
    'FUNCTION_TIMED_OUT' | 'FUNCTION_CRASHED' | 'FUNCTION_MEMORY_EXCEEDED' | 'FUNCTION_BUSY' | 'FUNCTION_FRAME_INVALID',
  detail: Readonly<Record<string, string | number>>,
): CallOutcome {
  return { ok: false, error: new DrawbridgeError(code, detail) }
}
