import { DrawbridgeError } from '@drawbridge/protocol'
import type { FunctionFault, Json } from '../wire/worker-frame.ts'
import { AskError } from '../worker/ask-error.ts'

const MESSAGE_MAX = 8192
const STACK_MAX = 16_384
const DETAIL_MAX = 8192

/** What a function threw, as far as it can be told; whatever it is, reading it throws nothing. */
export function thrownFault(thrown: unknown): FunctionFault {
  const errCode = errCodeOf(thrown)
  const errSubject = field(thrown, 'errSubject')
  const stack = field(thrown, 'stack')
  const place = placeOf(thrown)
  const detail = place ?? ownDetail(thrown)
  return {
    code: 'FUNCTION_FAILED',
    message: `${thrownMessage(thrown)}${place ? ` (${place.field}: ${place.reason})` : ''}`,
    ...(errCode === undefined ? {} : { errCode }),
    ...(typeof errSubject === 'string' ? { errSubject: errSubject.slice(0, MESSAGE_MAX) } : {}),
    ...(detail === undefined ? {} : { detail }),
    ...(typeof stack === 'string' ? { stack: stack.slice(0, STACK_MAX) } : {}),
  }
}

/** The sentence of what was thrown: `message` (`errMsg` first, where there is an `errCode`), or itself. */
export function thrownMessage(thrown: unknown): string {
  const names = errCodeOf(thrown) === undefined ? ['message', 'errMsg'] : ['errMsg', 'message']
  for (const name of names) {
    const text = field(thrown, name)
    if (typeof text === 'string' && text !== '') return text.slice(0, MESSAGE_MAX)
  }
  try {
    if (typeof thrown === 'string') return thrown.slice(0, MESSAGE_MAX)
    return (stringify(thrown) ?? typeof thrown).slice(0, MESSAGE_MAX)
  } catch {
    return 'unknown'
  }
}

const stringify: (value: unknown) => string | undefined = JSON.stringify

function errCodeOf(thrown: unknown): string | number | undefined {
  const errCode = thrown instanceof DrawbridgeError ? thrown.code : field(thrown, 'errCode')
  if (typeof errCode === 'string') return errCode.slice(0, MESSAGE_MAX)
  return typeof errCode === 'number' && Number.isFinite(errCode) ? errCode : undefined
}

/** Of the server's own refusals what they blame, and no more: the rest of their detail is not for everybody. */
function placeOf(thrown: unknown): { readonly field: string; readonly reason: string } | undefined {
  if (!(thrown instanceof AskError) && !(thrown instanceof DrawbridgeError)) return undefined
  const { detail } = thrown
  const blamed = field(detail, 'field')
  const reason = field(detail, 'reason')
  if (typeof blamed !== 'string') return undefined
  return { field: blamed.slice(0, 256), reason: typeof reason === 'string' ? reason.slice(0, 256) : 'wrong' }
}

/** What the function itself put into `detail`, if JSON has it and it is not long. */
function ownDetail(thrown: unknown): Json | undefined {
  if (thrown instanceof AskError || thrown instanceof DrawbridgeError) return undefined
  try {
    const text = stringify(field(thrown, 'detail'))
    return text === undefined || text.length > DETAIL_MAX ? undefined : (JSON.parse(text) as Json)
  } catch {
    return undefined
  }
}

function field(thrown: unknown, name: string): unknown {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined
  try {
    return (thrown as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}
