/** The code under which uni-open-bridge-common reports most of its own failures. */
export const SYSTEM_ERROR = 'UNI_OPEN_BRIDGE_SYSTEM_ERROR'

/** An error as callers of uni-open-bridge-common know it; `code` and `errCode` are undefined where it has none. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly errSubject = 'uni-open-bridge'
  readonly code: string | number | undefined
  readonly errCode: string | number | undefined

  constructor(message: string, code?: string | number, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
    this.errCode = code
  }

  /** The message again, under the name of DCloud's response convention. */
  get errMsg(): string {
    return this.message
  }
}

/** What the server refused, in the reference's words. Anything else comes back as it is. */
export function bridgeError(error: unknown): unknown {
  const { code, message, detail } = (error ?? {}) as Readonly<Record<string, unknown>>
  if (!(error instanceof Error) || typeof code !== 'string') return error
  const told = (detail ?? {}) as Readonly<Record<string, unknown>>
  const speak = (text: unknown, as?: string | number): BridgeError =>
    new BridgeError(String(text), as, { cause: error })
  const row = Object.hasOwn(words, code) ? words[code] : undefined
  if (row) return speak(...row)
  if (code === 'CREDENTIAL_KEY_INVALID') return speak(`Invalid ${String(told['field'])}`)
  if (code !== 'UPSTREAM_FAILED') return speak(message, code)
  if (typeof told['errcode'] === 'number') return speak(told['errmsg'], told['errcode'])
  return speak(told['status'], Number(told['status']))
}

const words: Readonly<Record<string, readonly [message: string, code?: string]>> = {
  APP_UNKNOWN: ['appid or provider invalid', SYSTEM_ERROR],
  CREDENTIAL_NOT_FETCHABLE: ['provider invalid', SYSTEM_ERROR],
  KEY_VERSION_INVALID: ['key version invalid', SYSTEM_ERROR],
  SESSION_KEY_MISSING: ['session_key not found', SYSTEM_ERROR],
  DURATION_INVALID: ['Invalid duration'],
}
