import type { CallFacts, Json } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'

/** In whose name a worker asks. */
export interface AskContext {
  readonly space: Space
  /** The function that asks. */
  readonly name: string
  readonly facts: CallFacts
  readonly depth: number
}

/**
 * Something that functions may ask the server for, over `uniCloud`. What they send is untrusted. A DrawbridgeError
 * reaches the function as an error with its code; anything else as `SYSTEM_ERROR`.
 */
export type WorkerService = (ask: AskContext, method: string, params: Json) => Promise<Json | undefined>

/** The services by name: call, database, redis, openBridge, uniId, file. */
export type WorkerServices = Readonly<Record<string, WorkerService>>
