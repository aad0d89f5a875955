import { mistakeTable } from './mistake-table.ts'
import type { Severity } from './mistake-row.ts'
import type { MistakeCode } from './mistake-table.ts'
import type { Place } from './place.ts'

/** One mistake in the configuration, told so that a person can mend it without reading our code. */
export interface Mistake {
  readonly code: MistakeCode
  readonly severity: Severity
  /** A path as the operator wrote it, or `env`. */
  readonly file: string
  /** Where in the file, such as `schedule.__UNI__A1.weixin-mp.tasks[1]`; empty: the file as a whole. */
  readonly path: string
  /** From 1; absent where there is no text to point at. */
  readonly line?: number
  readonly column?: number
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
}

/** What fills the gaps of a mistake's sentences: names and numbers, never a secret. `suggestion` adds "did you mean". */
export type MistakeDetail = Readonly<Record<string, string | number>> & { readonly suggestion?: string }

/** Notes a mistake at a place; `severity` where it differs from the table's. */
export type Report = (code: MistakeCode, place: Place, detail?: MistakeDetail, severity?: Severity) => void

/** Collects mistakes: every one is told, none ends the reading. */
export function createReport(): { readonly report: Report; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = []
  return { report: (...args) => void mistakes.push(makeMistake(...args)), mistakes }
}

function makeMistake(code: MistakeCode, place: Place, detail: MistakeDetail = {}, severity?: Severity): Mistake {
  const row = mistakeTable[code]
  const position = place.locate(row.at ?? 'value')
  const { suggestion } = detail
  return {
    code,
    severity: severity ?? row.severity,
    file: place.file,
    path: formatPath(place.path),
    ...(position && { line: position.line, column: position.column }),
    en: fill(row.en, detail) + (suggestion ? ` Did you mean "${suggestion}"?` : ''),
    zh: fill(row.zh, detail) + (suggestion ? `是否想写 "${suggestion}"？` : ''),
    remedyEn: fill(row.remedyEn, detail),
    remedyZh: fill(row.remedyZh, detail),
  }
}

function fill(sentence: string, detail: MistakeDetail): string {
  return sentence.replace(/\{(\w+)\}/g, (gap, name: string) => String(Object.hasOwn(detail, name) ? detail[name] : gap))
}

/** `['a', 'b c', 0]` as `a["b c"][0]`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w$-]+$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
