import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import type { Arrival } from '../http/arrival.ts'
import type { Space } from '../spaces/space.ts'
import type { ClientProof } from './client-proof.ts'
import type { Target } from './target.ts'

/** Says how far a call has come; only the stage's own module can make one. */
declare const stage: unique symbol

/** Which way a call came in; `files`: the file methods of the stock client, which call nothing and prove nothing. */
export type Wire = 'unicloud' | 'files' | 'v1' | 'gateway' | 'http' | 'timing' | 'function'

/** A call as its wire read it: nothing opened, nothing admitted. */
export interface ReceivedCall {
  readonly wire: Wire
  readonly space: Space
  readonly target: Target
  /** What the client sent, as it came. */
  readonly args: JsonObject
  readonly facts: CallFacts
  /** How many functions called one another before this one; 0 when left out. */
  readonly depth?: number
  /** By which scheme and authority the client reached this server, where its answer may name them. */
  readonly origin?: Arrival['origin']
}

/** A call whose protection, where it had any, is authentic; `args` and `facts` are what was inside it. Made by the openers alone. */
export interface OpenedCall extends ReceivedCall {
  readonly [stage]: 'opened' | 'admitted'
  /** Undefined: the call came plain and proves nothing. */
  readonly proof: ClientProof | undefined
}

/** A call that may run. Made by `admit` alone; functions and backends take nothing else. */
export interface AdmittedCall extends OpenedCall {
  readonly [stage]: 'admitted'
}
