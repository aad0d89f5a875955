import { DrawbridgeError, errorTable } from '@drawbridge/protocol'
import { explainErrcode } from './errcodes.ts'
import type { Finding } from './finding.ts'

/** A failure as a finding: what the platform's errcode means where there is one, else what our own code means. */
export function findingOfError(check: Finding['check'], subject: string, error: unknown): Finding {
  const ours = error instanceof DrawbridgeError ? error : new DrawbridgeError('SYSTEM_ERROR', {}, { cause: error })
  return explainFailure(check, subject, { code: ours.code, ...ours.detail })
}

/** What is known of a failure, remembered or just now. */
export interface Failure {
  readonly code: string
  readonly errcode?: unknown
  readonly errmsg?: unknown
}

/** Explains a failure in both languages. */
export function explainFailure(check: Finding['check'], subject: string, { code, errcode, errmsg }: Failure): Finding {
  const explained = typeof errcode === 'number' ? explainErrcode(errcode) : undefined
  const row = isErrorCode(code) ? errorTable[code] : errorTable.SYSTEM_ERROR
  const said = typeof errmsg === 'string' && errmsg !== '' ? ` (${errmsg})` : ''
  const number = typeof errcode === 'number' ? `${errcode}: ` : ''
  const { en, zh, remedyEn, remedyZh } = explained ?? row
  return {
    check,
    state: 'error',
    subject,
    en: `${number}${en}${said}`,
    zh: `${number}${zh}${said}`,
    remedyEn,
    remedyZh,
    ...(typeof errcode === 'number' && { errcode }),
  }
}

function isErrorCode(code: string): code is keyof typeof errorTable {
  return code in errorTable
}
