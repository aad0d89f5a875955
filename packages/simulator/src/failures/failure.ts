import type { Call } from '../http/call.ts'
import type { Reply } from '../http/reply.ts'
import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'

/** What some kinds of failure can be told. */
export interface FailureParams {
  /** The code to answer, for `errcode`. */
  readonly errcode?: number | undefined
  readonly errmsg?: string | undefined
  /** Milliseconds: the stall, or the skew of the platform's clock. */
  readonly ms?: number | undefined
  /** How many entries the key list has, 0 to 3. */
  readonly entries?: number | undefined
  /** By how much the version jumps, or how many tokens another bridge mints. */
  readonly by?: number | undefined
  /** The field's value, for `expires-in`. */
  readonly value?: number | string | undefined
}

/** A call that a failure hits. */
export interface Hit {
  readonly call: Call
  readonly platform: Platform
  readonly app: App | undefined
  readonly params: FailureParams
}

/** One kind of failure. */
export interface FailureRow {
  /** The paths where the kind has a meaning; elsewhere it does not strike. Absent: everywhere. */
  readonly paths?: readonly string[]
  /** Before the endpoint works: throws the refusal to answer instead, or changes the platform's state. */
  readonly before?: (hit: Hit) => void
  /** After the endpoint has worked: what leaves instead of its reply. */
  readonly after?: (reply: Reply, hit: Hit) => Reply
  readonly en: string
  readonly zh: string
}
