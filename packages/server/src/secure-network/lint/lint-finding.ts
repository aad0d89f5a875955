import { lintTable } from './lint-table.ts'
import type { LintCode, LintSeverity } from './lint-table.ts'

/** One finding, told so that a person can mend it. */
export interface LintFinding {
  readonly code: LintCode
  readonly severity: LintSeverity
  /** The function that it is about; empty: none in particular. */
  readonly functionName: string
  /** Undefined: it is about the rules, wherever they come from. */
  readonly file?: string
  /** Both from 1. */
  readonly line?: number
  readonly column?: number
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
}

/** What fills the gaps of a finding's sentences. */
export type LintDetail = Readonly<Record<string, string>>

/** Where something stands. */
export type LintPlace = Pick<LintFinding, 'functionName' | 'file' | 'line' | 'column'>

/** Makes a finding of the table's sentences. */
export function lintFinding(code: LintCode, place: LintPlace, detail: LintDetail): LintFinding {
  const { severity, en, zh, remedyEn, remedyZh } = lintTable[code]
  return {
    code,
    severity,
    ...place,
    en: fill(en, detail),
    zh: fill(zh, detail),
    remedyEn: fill(remedyEn, detail),
    remedyZh: fill(remedyZh, detail),
  }
}

function fill(sentence: string, detail: LintDetail): string {
  return sentence.replace(/\{(\w+)\}/g, (gap, name: string) =>
    Object.hasOwn(detail, name) ? (detail[name] ?? '') : gap,
  )
}
