import type { ErrorCode } from '@drawbridge/protocol'
import type { Wire } from './admitted-call.ts'

/** What was decided about a call, in the words that an operator needs; holds no secret and no data of the call. */
export interface Verdict {
  /** ms since epoch. */
  readonly at: number
  readonly requestId: string
  readonly spaceId: string
  readonly wire: Wire
  /** `f:name`, `o:object/method`, `h:METHOD /path`; stored as `h:` and the route's name, or the method where there is none. */
  readonly target: string
  /** `would-refuse`: the mode was monitor, and the call went on. */
  readonly outcome: 'admitted' | 'refused' | 'would-refuse'
  readonly code?: ErrorCode
  /** Why, one sentence for people. */
  readonly reason?: string
  /** The rule's key and index where one decided: `pay, transfer #2`. */
  readonly rule?: string
  /** The policy decided; left out: the call was refused before it came so far, and no rule would change that. */
  readonly byPolicy?: true
  /** What was known of the caller: app, platform, version, level, secret type, address. */
  readonly evidence: Readonly<Record<string, string | number | boolean>>
}

/** Takes verdicts; never throws, never delays a call. */
export interface VerdictSink {
  record(verdict: Verdict): void
}
