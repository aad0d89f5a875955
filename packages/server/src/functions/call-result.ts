import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorDetail } from '@drawbridge/protocol'
import { keepThrownDetail } from './thrown-detail.ts'
import { isRecord } from './read-manifest.ts'
import type { CallOutcome } from './running-call.ts'

const MESSAGE_MAX = 2000
const FAULT_CODES = [
  'FUNCTION_LOAD_FAILED',
  'FUNCTION_METHOD_UNKNOWN',
  'FUNCTION_RESULT_INVALID',
  'FUNCTION_NOT_FOUND',
] as const

/**
 * The outcome that a worker's `done` tells. A result is parsed once and passed on as text: user code can write frames
 * of its own, and what is no JSON would break the reply around it.
 */
export function callResult(name: string, isOk: boolean, payload: Buffer, named: (text: string) => string): CallOutcome {
  const text = payload.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return { ok: false, error: new DrawbridgeError('FUNCTION_RESULT_INVALID', { name }, { cause }) }
  }
  return isOk ? { ok: true, result: text } : fault(name, value, named)
}

function fault(name: string, value: unknown, named: (text: string) => string): CallOutcome {
  const told = isRecord(value) ? value : {}
  const { errCode, errSubject, line, stack } = told
  const code = FAULT_CODES.find((each) => each === told['code']) ?? 'FUNCTION_FAILED'
  const message = words(told['message'])
  const detail: ErrorDetail = {
    name,
    message,
    ...((typeof errCode === 'string' || typeof errCode === 'number') && { errCode }),
    ...(typeof errSubject === 'string' && { errSubject: errSubject.slice(0, MESSAGE_MAX) }),
    ...(typeof told['file'] === 'string' && { file: words(told['file']) }),
    ...(typeof line === 'number' && { line }),
  }
  const said = typeof stack === 'string' ? named(stack) : message
  const error = new DrawbridgeError(code, detail)
  const thrown = keepThrownDetail(error, told['detail'])
  return { ok: false, error, text: [said, ...extraLines(error, thrown)].join('\n') }

  function words(said: unknown): string {
    return typeof said === 'string' ? named(said).slice(0, MESSAGE_MAX) : ''
  }
}

/** For the function's log: a stack tells neither what an error bears besides its message, nor what was blamed. */
function extraLines(
  { detail: { errCode, errSubject } }: DrawbridgeError,
  thrown: string | undefined,
): readonly string[] {
  const parts = [
    ...(errCode === undefined ? [] : [`errCode: ${String(errCode)}`]),
    ...(errSubject === undefined ? [] : [`errSubject: ${String(errSubject)}`]),
    ...(thrown === undefined ? [] : [`detail: ${thrown}`]),
  ]
  return parts.length === 0 ? [] : [`    ${parts.join(', ')}`]
}
