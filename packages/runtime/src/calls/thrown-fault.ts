import type { FunctionFault } from '../wire/worker-frame.ts'

const MESSAGE_MAX = 8192
const STACK_MAX = 16_384

/** What a function threw, as far as it can be told; whatever it is, reading it throws nothing. */
export function thrownFault(thrown: unknown): FunctionFault {
  const errCode = field(thrown, 'errCode')
  const errSubject = field(thrown, 'errSubject')
  const stack = field(thrown, 'stack')
  return {
    code: 'FUNCTION_FAILED',
    message: thrownMessage(thrown),
    ...(typeof errCode === 'string' || typeof errCode === 'number' ? { errCode: bounded(errCode) } : {}),
    ...(typeof errSubject === 'string' ? { errSubject: bounded(errSubject) } : {}),
    ...(typeof stack === 'string' ? { stack: stack.slice(0, STACK_MAX) } : {}),
  }
}

/** The sentence of what was thrown: `message`, `errMsg`, or itself. */
export function thrownMessage(thrown: unknown): string {
  for (const name of ['message', 'errMsg']) {
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

function field(thrown: unknown, name: string): unknown {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined
  try {
    return (thrown as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}

function bounded<Value extends string | number>(value: Value): Value | string {
  return typeof value === 'string' ? value.slice(0, MESSAGE_MAX) : value
}
