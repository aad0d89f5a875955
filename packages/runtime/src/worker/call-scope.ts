import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallFacts, FunctionEntry } from '../wire/worker-frame.ts'

/** A call that runs, or ran, in this process. */
export interface RunningCall {
  readonly id: number
  readonly entry: FunctionEntry
  readonly facts: CallFacts
  /** Set when its `done` is due; what it left running has no right to ask for anything. */
  isOver: boolean
}

/** Tells whatever runs for which call it does, however many run at once. */
export const callScope = new AsyncLocalStorage<RunningCall>()

/** The call in whose name the code runs, unless it is over. */
export function currentCall(): RunningCall | undefined {
  const call = callScope.getStore()
  return call === undefined || call.isOver ? undefined : call
}
