/** How an API of `wx` fails: `errMsg` is `<api>:fail <why>`, `errno` the number that newer libraries add. */
export class WxError extends Error {
  override readonly name = 'WxError'
  readonly errMsg: string
  readonly errno: number | undefined

  constructor(api: string, why: string, errno?: number) {
    const errMsg = `${api}:fail ${why}`
    super(errMsg)
    this.errMsg = errMsg
    this.errno = errno
  }
}
