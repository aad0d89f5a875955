import type { LogLevel } from '@drawbridge/runtime'
import type { FunctionLog } from './function-log.ts'
import type { Generation } from './generation.ts'
import type { CallOutcome, RunningCall } from './running-call.ts'

/** Characters that user code may log in one call. */
export const CALL_LOG_MAX = 256 * 1024
/** Of calls that are over: what goes on saying things after them shares this much. */
const LINE_COST = 64

/** Puts a line of user code into the log; the call undefined: none ever ran where it was said. */
export type Say = (call: RunningCall | undefined, level: LogLevel, text: string) => void

/** What a space's calls leave in the function log. */
export interface CallLog {
  readonly say: Say
  end(call: RunningCall, outcome: CallOutcome, figures: { durationMs: number; memoryMb: number }): void
}

/** Writes lines with their call's facts, and no more of one call than {@link CALL_LOG_MAX}. */
export function createCallLog(log: FunctionLog, spaceId: string, now: () => number): CallLog {
  const loadFaults = new WeakMap<Generation, Set<string>>()
  /** Code that cannot be loaded fails each call alike: once in a generation says it all. */
  const isToldAgain = ({ generation }: RunningCall, outcome: FailedCall): boolean => {
    if (outcome.error.code !== 'FUNCTION_LOAD_FAILED') return false
    const told = loadFaults.get(generation) ?? new Set()
    loadFaults.set(generation, told)
    return told.size === told.add(textOf(outcome)).size
  }
  const append = (call: RunningCall | undefined, level: LogLevel, text: string): void =>
    log.append({
      at: now(),
      spaceId,
      name: call?.call.name ?? '',
      requestId: call?.call.facts.requestId ?? '',
      level,
      text,
    })
  return {
    say(call, level, text) {
      if (call && call.logLeft <= 0) return
      append(call, level, text)
      if (!call) return
      call.logLeft -= text.length + LINE_COST
      if (call.logLeft <= 0) append(call, 'warn', 'This call said too much; what it says from here on is dropped.')
    },
    end(call, outcome, { durationMs, memoryMb }) {
      const text = outcome.ok ? '' : isToldAgain(call, outcome) ? outcome.error.message : textOf(outcome)
      const code = outcome.ok ? 'OK' : outcome.error.code
      log.append({
        at: now(),
        spaceId,
        name: call.call.name,
        requestId: call.call.facts.requestId,
        level: outcome.ok ? 'info' : 'error',
        text,
        end: { code, durationMs, memoryMb },
      })
    },
  }
}

type FailedCall = Extract<CallOutcome, { readonly ok: false }>

function textOf({ text, error }: FailedCall): string {
  return text ?? error.message
}
