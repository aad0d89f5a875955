import type { KeySchedule, SecretType, SocketOpening } from '@drawbridge/protocol'
import type { Posted } from './posted.ts'

/** A call on its way out. */
export interface ClientCall {
  /** Under which the rules know it: a function's or an object's name, or the target of a route. */
  readonly name: string
  /** `f:name`, `o:object/method` or `h:METHOD /path`. */
  readonly target: string
  readonly data: unknown
  /** What is to be encrypted; nothing unless said. */
  readonly secretType?: SecretType | undefined
  readonly timeoutMs?: number | undefined
  /** Body and response go in chunks where they go sealed; for routes alone. */
  readonly isLarge?: boolean | undefined
  /** Brings a sealed call to the server and its answer back, where that is not by a request. */
  readonly exchange?: (wire: Uint8Array) => Promise<Posted>
}

/** What a call came back with. */
export interface ClientReply {
  readonly result: unknown
  readonly requestId: string | undefined
  /** By what a sealed call and its answer are known: what follows on the same connection is sealed from it. */
  readonly opening?: { readonly schedule: KeySchedule; readonly message: SocketOpening }
}

/** Makes a call; throws `UniCloudError` alone. */
export type MakeCall = (call: ClientCall) => Promise<ClientReply>
