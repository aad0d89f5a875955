import { visibleText } from './visible-text.ts'

/**
 * Rows as columns of even width, two blanks apart; wide (Chinese) characters count twice. Cells may come from anybody:
 * each stays in its row, and none commands the terminal.
 */
export function textTable(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(visibleText))
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell))
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function width(text: string): number {
  let columns = 0
  for (const character of text) columns += /[\u1100-\u115f\u2e80-\uffdc]/.test(character) ? 2 : 1
  return columns
}
