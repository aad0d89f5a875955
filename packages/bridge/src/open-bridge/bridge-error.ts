import { DrawbridgeError } from '@drawbridge/protocol'

/** The code under which uni-open-bridge-common reports most of its own failures. */
export const SYSTEM_ERROR = 'UNI_OPEN_BRIDGE_SYSTEM_ERROR'

/**
 * An error as callers of uni-open-bridge-common know it: `code` and `errCode` are its own code, WeChat's errcode, an
 * HTTP status, or undefined where the reference throws a plain Error; `message` and `errMsg` its own words.
 * `cause` is the DrawbridgeError behind it.
 */
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

/** Our error in the reference's words; a fallback's own error comes back as it is. */
export function toBridgeError(error: unknown): unknown {
  if (!(error instanceof DrawbridgeError)) return error
  const { code, detail } = error
  const speak = (message: string, as?: string | number): BridgeError => new BridgeError(message, as, { cause: error })
  switch (code) {
    case 'APP_UNKNOWN':
      return speak('appid or provider invalid', SYSTEM_ERROR)
    case 'CREDENTIAL_NOT_FETCHABLE':
      return speak('provider invalid', SYSTEM_ERROR)
    case 'KEY_VERSION_INVALID':
      return speak('key version invalid', SYSTEM_ERROR)
    case 'SESSION_KEY_MISSING':
      return speak('session_key not found', SYSTEM_ERROR)
    case 'CREDENTIAL_KEY_INVALID':
      return speak(`Invalid ${String(detail['field'])}`)
    case 'DURATION_INVALID':
      return speak('Invalid duration')
    case 'UPSTREAM_FAILED':
      return typeof detail['errcode'] === 'number'
        ? speak(String(detail['errmsg']), detail['errcode'])
        : speak(String(detail['status']), Number(detail['status']))
    default:
      return speak(error.message, code)
  }
}
