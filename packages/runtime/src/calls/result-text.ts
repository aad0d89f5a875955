import type { FunctionFault } from '../wire/worker-frame.ts'

const stringify: (value: unknown) => string | undefined = JSON.stringify

/** A result as JSON text (`null` for undefined), or why it is none: bytes, BigInt, a cycle, or too long. */
export function resultText(result: unknown, maxBytes: number): string | FunctionFault {
  let text: string | undefined
  try {
    if (typeof result === 'function' || typeof result === 'symbol') return invalid(`a ${typeof result} is no result`)
    text = stringify(result)
    if (holdsBytes(result)) return invalid('bytes are no JSON; return a string in base64')
  } catch (cause) {
    return invalid(cause instanceof TypeError ? cause.message.split('\n', 1)[0] : undefined)
  }
  if (text === undefined) return 'null'
  // A character is three bytes of UTF-8 at most: most results need no count.
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) return invalid(`more than ${maxBytes} bytes`)
  return text
}

function invalid(why = 'it cannot be written as JSON'): FunctionFault {
  return { code: 'FUNCTION_RESULT_INVALID', message: `The function's result is invalid: ${why}.` }
}

/** Called for what could be written as JSON, so it ends. */
function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true
  // What writes itself is not what JSON walked through.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsBytes)
}
