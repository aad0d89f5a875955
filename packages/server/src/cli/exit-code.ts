import type { ErrorCode } from '@drawbridge/protocol'
import type { DescribedError } from './describe-error.ts'

/** What the process answers to the shell. */
export const exitCode = {
  done: 0,
  /** It was tried and failed. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The configuration has mistakes. */
  configuration: 3,
  /** What was asked for is not there. */
  absent: 4,
} as const

/** One of `exitCode`'s values. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Codes that blame what was said, by the field that was wrong: here a word or an option of the command line. */
const usageCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'REQUEST_INVALID',
  'CREDENTIAL_KEY_INVALID',
  'DURATION_INVALID',
])

/** Codes that say that a name stands for nothing. */
const absentCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'APP_UNKNOWN',
  'FUNCTION_NOT_FOUND',
  'PROJECT_UNKNOWN',
  'SPACE_UNKNOWN',
])

/** Of these not the name is wrong but the file. */
const fileFields: ReadonlySet<unknown> = new Set(['file', 'out'])

/** How a command ends that failed with this error. */
export function exitCodeOf({ code, detail }: Pick<DescribedError, 'code' | 'detail'>): ExitCode {
  if (code === 'CONFIG_INVALID') return exitCode.configuration
  if (absentCodes.has(code)) return exitCode.absent
  const isSaid = typeof detail['field'] === 'string' && !fileFields.has(detail['field'])
  return usageCodes.has(code) && isSaid ? exitCode.usage : exitCode.failed
}
