import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode, WireError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { wireError } from './wire-error.ts'

/** Why a call goes no further. The caller is told the code alone; the reason is the operator's. */
export interface Refusal {
  readonly code: ErrorCode
  /** One sentence for people; holds no secret and no data of the call. */
  readonly reason: string
  /** Where coming again later makes sense, seconds. */
  readonly retryAfterSeconds?: number
  /** Of `CLIENT_TIME_SKEWED`: messages from before are refused, ms since epoch. */
  readonly notBefore?: number
}

/** A refusal instead of what was asked for. */
export interface Refused {
  readonly refused: Refusal
  /** What the client reads in its place, where the words are another's: uni-id's of a token. */
  readonly told?: JsonObject
}

/** A refusal, ready to be returned. */
export function refuse(code: ErrorCode, reason: string): Refused {
  return { refused: { code, reason } }
}

/** Whether it is a refusal. */
export function isRefused(outcome: object): outcome is Refused {
  return 'refused' in outcome
}

/** What the caller is told of a refusal. @param serverTime ms since epoch; told in sealed replies about wrong clocks. */
export function refusalOnWire({ code, notBefore = 0 }: Refusal, serverTime?: number): WireError {
  const error = wireError(new DrawbridgeError(code))
  if (code !== 'CLIENT_TIME_SKEWED' || serverTime === undefined) return error
  // A client that goes by what it is told is not to be refused again.
  return { ...error, serverTime: Math.max(serverTime, notBefore) }
}
