import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer } from '../../http/answer.ts'
import type { Refusal } from '../refusal.ts'
import { knownError, wireError } from '../wire-error.ts'

/** A refusal in clear, for a request that was not opened: its code, its status, and nothing of the reason. */
export function plainRefusal({ code, retryAfterSeconds }: Refusal): Answer {
  return plainError(new DrawbridgeError(code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }))
}

/** Any error in clear, as `{errCode, errSubject, errMsg}`. */
export function plainError(error: unknown): Answer {
  const { status, detail } = knownError(error)
  const { retryAfterSeconds } = detail
  return {
    status,
    body: JSON.stringify(wireError(error)),
    ...(typeof retryAfterSeconds === 'number' && { headers: retryHeaders(retryAfterSeconds) }),
  }
}

/** When to come again. */
export function retryHeaders(seconds: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(seconds) }
}
