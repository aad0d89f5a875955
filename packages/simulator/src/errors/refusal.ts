import { errcodeTexts } from './errcodes.ts'

/** How the simulated platform says no: a code, its text without rid, and what the body carries besides. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly errcode: number
  readonly extra: Readonly<Record<string, unknown>>

  constructor(errcode: number, text?: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(text ?? errcodeTexts[errcode] ?? 'system error')
    this.errcode = errcode
    this.extra = extra
  }
}
