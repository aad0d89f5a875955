import { DrawbridgeError, errorTable } from '@drawbridge/protocol'
import type { ErrorDetail } from '@drawbridge/protocol'

/** An error as `--json` shows it; the shape is stable. */
export interface DescribedError {
  readonly code: string
  readonly number: number
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
  readonly detail: ErrorDetail
}

/** What may be told of an error: of ours everything but its cause, of all others that they happened. */
export function describeError(error: unknown): DescribedError {
  const code = error instanceof DrawbridgeError ? error.code : 'SYSTEM_ERROR'
  const { number, en, zh, remedyEn, remedyZh } = errorTable[code]
  return { code, number, en, zh, remedyEn, remedyZh, detail: error instanceof DrawbridgeError ? error.detail : {} }
}
