/** What a function gets when the server refuses what it asked for: `code` and `errCode` are the server's code. */
export class AskError extends Error {
  override readonly name = 'UniCloudError'
  readonly code: string | number
  readonly errCode: string | number
  readonly errMsg: string
  readonly errSubject: string | undefined
  readonly detail: unknown

  constructor(code: string | number, message: string, detail?: unknown, errSubject?: string) {
    super(message)
    this.code = code
    this.errCode = code
    this.errMsg = message
    this.errSubject = errSubject
    this.detail = detail
  }
}

/** The refusal that the server sent: `{code, message, detail?}`; of a function that threw, what it threw. */
export function askError(answer: unknown): AskError {
  const { code, message, detail } = (answer ?? {}) as Readonly<Record<string, unknown>>
  const told = (typeof detail === 'object' && detail !== null ? detail : {}) as Readonly<Record<string, unknown>>
  const errCode = [told['errCode'], code].find((each) => typeof each === 'string' || typeof each === 'number')
  const text = code === 'FUNCTION_FAILED' && typeof told['message'] === 'string' ? told['message'] : message
  return new AskError(
    errCode ?? 'SYSTEM_ERROR',
    typeof text === 'string' ? text : 'The server could not do this.',
    detail,
    typeof told['errSubject'] === 'string' ? told['errSubject'] : undefined,
  )
}
