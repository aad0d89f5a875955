import { DrawbridgeError } from '@drawbridge/protocol'
import { thrownDetail } from '../functions/thrown-detail.ts'

/**
 * What a method of a cloud object threw with an `errCode`, as the result from which a client's `importObject` throws it
 * again: `{errCode, errMsg, errSubject?, detail?}` as JSON text. An error of the wire has room for its message only.
 * undefined: it threw something else.
 */
export function thrownResult(error: unknown): string | undefined {
  if (!(error instanceof DrawbridgeError) || error.code !== 'FUNCTION_FAILED') return undefined
  const { errCode, errSubject, message } = error.detail
  // 0 and '' say that all is well, which it is not.
  if (!errCode) return undefined
  return JSON.stringify({ errCode, errMsg: message, errSubject, detail: thrownDetail(error) })
}
