import { errorTable } from './error-table.ts'
import type { ErrorCode } from './error-table.ts'

/** What an error may tell besides its code: names and numbers, never a secret. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>

/**
 * The one error class. `code` is for programs, `message` for people, `detail` holds names and numbers
 * (never a secret: it is shown to callers), `cause` the rest (never shown, only logged).
 *
 * @example throw new DrawbridgeError('UPSTREAM_FAILED', { path: '/cgi-bin/token', errcode: 40125 })
 */
export class DrawbridgeError extends Error {
  override readonly name = 'DrawbridgeError'
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, detail: ErrorDetail = {}, options?: { readonly cause?: unknown }) {
    super(errorTable[code].en, options)
    this.code = code
    this.detail = detail
  }

  /** The number on the wire. */
  get number(): number {
    return errorTable[this.code].number
  }

  /** The HTTP status under which this error travels. */
  get status(): number {
    return errorTable[this.code].status
  }
}
