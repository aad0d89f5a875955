import { errorTable } from './error-table.ts'
import type { ErrorCode } from './error-table.ts'

/** The code that a number on the wire stands for; `undefined` for a number that is no row's. */
export function errorCodeOf(number: number): ErrorCode | undefined {
  byNumber ??= new Map((Object.keys(errorTable) as ErrorCode[]).map((code) => [errorTable[code].number, code]))
  return byNumber.get(number)
}

let byNumber: ReadonlyMap<number, ErrorCode> | undefined
