import type { Mistake } from '../config/mistake.ts'
import type { Language } from './language.ts'
import { visibleLines } from './visible-text.ts'

const severities = { en: { error: 'error', warning: 'warning' }, zh: { error: '错误', warning: '警告' } } as const

/** Mistakes for people, errors first: where, what, what to do. Ends in a line break unless it is empty. */
export function showMistakes(mistakes: readonly Mistake[], language: Language): string {
  const sorted = [...mistakes].sort((a, b) => a.severity.localeCompare(b.severity))
  return visibleLines(sorted.map((mistake) => `${showMistake(mistake, language)}\n`).join(''))
}

function showMistake(mistake: Mistake, language: Language): string {
  const { file, path, line, column, severity } = mistake
  const position = line === undefined ? '' : `:${line}:${column ?? 1}`
  const [sentence, remedy] = language === 'zh' ? [mistake.zh, mistake.remedyZh] : [mistake.en, mistake.remedyEn]
  const where = `${file}${position}${path === '' ? '' : `  ${path}`}`
  return `${severities[language][severity]} ${where}\n  ${sentence}\n  → ${remedy}`
}
