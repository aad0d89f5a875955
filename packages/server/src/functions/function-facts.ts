import type { Rule } from '@drawbridge/protocol'
import type { FunctionEntry } from '@drawbridge/runtime'

/** A function as its folder and package.json describe it. */
export interface FunctionFacts extends FunctionEntry {
  /** `cloudfunction-config.timeout`, seconds. */
  readonly timeoutSeconds: number
  /** Calls that may run in one worker at once; 1 unless `cloudfunction-config.concurrency` says more. */
  readonly concurrency: number
  /** `cloudfunction-config.path`: where it is reached over HTTP. */
  readonly path?: string
  readonly triggers: readonly TimerTrigger[]
  /** Who may call it, as it says itself; an empty list admits nobody. Undefined: it says nothing. */
  readonly policy?: readonly Rule[]
}

/** A timer of a function. */
export interface TimerTrigger {
  readonly name: string
  /** Seven fields (second minute hour day month weekday year) in UTC+8. */
  readonly cron: string
}
