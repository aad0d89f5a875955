import type { Worker } from './create-worker.ts'
import { failure } from './running-call.ts'
import type { RunningCall } from './running-call.ts'

/** A worker that has run calls says at once that the next began, or it is stuck in what an earlier one left. */
const BEGIN_WITHIN_MS = 250
/** A worker that takes longer to start is given up. */
export const READY_WITHIN_MS = 20_000

/** What a worker is held to. */
export interface WorkerBounds {
  /** Monotonic, ms. */
  readonly at: number
  readonly memoryMb: number
}

/** Ends what a worker may not go on with: calls past their time, the process past its memory. */
export function watchWorker(worker: Worker, { at, memoryMb }: WorkerBounds): void {
  worker.refill()
  if (worker.readyAt === undefined) {
    if (at - worker.startedAt >= READY_WITHIN_MS) worker.kill('not-ready')
    return
  }
  if (worker.running.size === 0) return
  const calls = [...worker.running.values()]
  const used = worker.memoryMb()
  if (used > memoryMb) {
    for (const call of calls)
      give(worker, call, failure('FUNCTION_MEMORY_EXCEEDED', { name: call.call.name, memoryMb }))
    worker.kill('memory')
    return
  }
  for (const call of calls) if (isLate(call, at)) endLate(worker, call)
  // While another call runs in it, the new one waits for that one's turn to end.
  const isStuck = calls.every((call) => !call.hasBegun && at - (call.dispatchedAt ?? at) >= BEGIN_WITHIN_MS)
  if (isStuck && worker.ran.size > 0 && worker.running.size > 0) worker.kill('stuck')
}

function isLate({ dispatchedAt, facts }: RunningCall, at: number): boolean {
  return dispatchedAt !== undefined && at - dispatchedAt >= facts.timeoutSeconds * 1000
}

function endLate(worker: Worker, call: RunningCall): void {
  give(worker, call, failure('FUNCTION_TIMED_OUT', { name: call.call.name, timeoutSeconds: call.facts.timeoutSeconds }))
  // Others that share it go on; it gets no further ones, and ends with the last.
  worker.retire('timed-out')
}

function give(worker: Worker, call: RunningCall, outcome: ReturnType<typeof failure>): void {
  worker.drop(call)
  call.settle(outcome, worker.memoryMb())
}
