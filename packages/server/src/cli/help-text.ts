import type { Command, CommandOption } from './command.ts'
import type { Language } from './language.ts'

const words = {
  en: { usage: 'Usage', commands: 'Commands', options: 'Options' },
  zh: { usage: '用法', commands: '命令', options: '选项' },
} as const

/** The help of one command, or of all. */
export function helpText(
  commands: readonly Command[],
  globalOptions: Readonly<Record<string, CommandOption>>,
  command: Command | undefined,
  language: Language,
): string {
  const { usage, commands: heading, options } = words[language]
  const optionRows = Object.entries({ ...command?.options, ...globalOptions }).map(
    ([name, { short, value, [language]: sentence }]) =>
      [`${short ? `-${short}, ` : ''}--${name}${value ? ` <${value}>` : ''}`, sentence] as const,
  )
  const tail = `${options}:\n${table(optionRows)}`
  if (command) return `${command.summary[language]}\n\n${usage}: drawbridge ${call(command)}\n\n${tail}`
  const rows = commands.map((row) => [call(row), row.summary[language]] as const)
  return `${usage}: drawbridge <command>\n\n${heading}:\n${table(rows)}\n\n${tail}`
}

function call({ name, words: expected = [] }: Command): string {
  return [name, ...expected].join(' ')
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
