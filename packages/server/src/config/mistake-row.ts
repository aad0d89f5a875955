/** `error`: the server does not start; `warning`: it starts, and says so. */
export type Severity = 'error' | 'warning'

/** One row: how serious, what is wrong, what to do. `{gaps}` are filled with names and numbers. */
export interface MistakeRow {
  readonly severity: Severity
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
  /** What to point at; the value, if not said. */
  readonly at?: 'key' | 'value'
}

/** Makes a row. */
export function row(
  severity: Severity,
  en: string,
  zh: string,
  remedyEn: string,
  remedyZh: string,
  at?: 'key',
): MistakeRow {
  return { severity, en, zh, remedyEn, remedyZh, ...(at && { at }) }
}
