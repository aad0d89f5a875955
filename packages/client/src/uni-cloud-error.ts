/** What a `UniCloudError` is made of. */
export interface UniCloudErrorParts {
  readonly errCode: number | string
  readonly errMsg: string
  readonly errSubject?: string | undefined
  readonly requestId?: string | undefined
  readonly cause?: unknown
  /** The whole result of a cloud object's method that answered with an errCode. */
  readonly detail?: unknown
}

/** What the client throws, with uniCloud's names: `code` is `errCode`, `subject` is `errSubject`. */
export class UniCloudError extends Error {
  readonly errCode: number | string
  readonly code: number | string
  readonly errMsg: string
  readonly errSubject: string | undefined
  readonly subject: string | undefined
  readonly requestId: string | undefined
  readonly detail: unknown
  override readonly cause: unknown

  constructor({ errCode, errMsg, errSubject, requestId, cause, detail }: UniCloudErrorParts) {
    super(errMsg)
    this.code = this.errCode = errCode
    this.errMsg = errMsg
    this.subject = this.errSubject = errSubject
    this.requestId = requestId
    this.cause = cause
    this.detail = detail
  }

  /** Of causes as deep as ten. */
  toJson(depth = 0): object | undefined {
    const { errCode, errMsg, errSubject, cause } = this
    if (depth >= 10) return undefined
    return { errCode, errMsg, errSubject, cause: cause instanceof UniCloudError ? cause.toJson(depth + 1) : cause }
  }
}

/** An error as the server told it. */
export function serverError(parts: UniCloudErrorParts): UniCloudError {
  return new UniCloudError(parts)
}

/** What a host rejects with: uni's and wx's `errMsg` where there is one. */
export function hostError(cause: unknown, errCode = 'SYS_ERR'): UniCloudError {
  const { errMsg, message } = Object(cause) as { readonly errMsg?: string; readonly message?: string }
  return new UniCloudError({ errCode, errMsg: errMsg ?? message ?? 'request:fail', cause })
}

/** For the end of a promise of the host's. */
export function throwHostError(cause: unknown): never {
  throw hostError(cause)
}
