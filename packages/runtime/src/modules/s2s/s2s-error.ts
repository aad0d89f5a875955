/** What uni-cloud-s2s throws: `errCode` 50000 for a configuration that cannot work, 51000 for a request that is refused. */
export class S2sError extends Error {
  override readonly name = 'S2sError'
  readonly errSubject = 'uni-cloud-s2s'
  readonly errCode: 50000 | 51000
  readonly errMsg: string

  constructor(errCode: 50000 | 51000, message: string) {
    super(message)
    this.errCode = errCode
    this.errMsg = message
  }

  /** The same number under the name that some callers look for. */
  get code(): 50000 | 51000 {
    return this.errCode
  }
}

/** A request that is refused. */
export function refused(message: string): S2sError {
  return new S2sError(51000, message)
}

/** A configuration that cannot work. */
export function misconfigured(message: string): S2sError {
  return new S2sError(50000, message)
}
