/** One row of the error table: what a code means to a program and to a person. */
export interface ErrorRow {
  /** The number on the wire; stable for ever. */
  readonly number: number
  /** The HTTP status under which the code travels. */
  readonly status: number
  /** What happened, in one sentence. */
  readonly en: string
  readonly zh: string
  /** What to do next. */
  readonly remedyEn: string
  readonly remedyZh: string
}

/** A row from its parts, in the order of the interface. */
export function row(
  number: number,
  status: number,
  en: string,
  zh: string,
  remedyEn: string,
  remedyZh: string,
): ErrorRow {
  return { number, status, en, zh, remedyEn, remedyZh }
}
