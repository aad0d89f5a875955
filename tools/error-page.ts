import { errorTable } from '@drawbridge/protocol'
import type { ErrorRow } from '@drawbridge/protocol'

interface Wording {
  readonly intro: string
  readonly columns: readonly string[]
  readonly sentences: (row: ErrorRow) => readonly [string, string]
}

const wordings: Readonly<Record<'en' | 'zh', Wording>> = {
  en: {
    intro: `# Errors

Every error carries a code for programs and a sentence for people. The numbers never change. This page is made from the error table: \`npm run docs\` writes it, \`npm run check\` holds it against the table.
`,
    columns: ['Code', 'Number', 'HTTP', 'What happened', 'What to do'],
    sentences: (row) => [row.en, row.remedyEn],
  },
  zh: {
    intro: `# 错误码

每个错误都有一个供程序判断的 code 和一句给人看的说明。编号永不改变。本页由错误表生成：\`npm run docs\` 写入，\`npm run check\` 核对。
`,
    columns: ['Code', '编号', 'HTTP', '含义', '处理办法'],
    sentences: (row) => [row.zh, row.remedyZh],
  },
}

/** Every error by its number, in Markdown. */
export function errorPage(language: 'en' | 'zh'): string {
  const { intro, columns, sentences } = wordings[language]
  const rows = Object.entries(errorTable)
    .sort(([, a], [, b]) => a.number - b.number)
    .map(([code, row]) => tableRow([`\`${code}\``, String(row.number), String(row.status), ...sentences(row)]))
  return [intro, tableRow(columns), tableRow(columns.map(() => '---')), ...rows, ''].join('\n')
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
