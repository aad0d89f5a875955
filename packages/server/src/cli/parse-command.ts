import { parseArgs } from 'node:util'
import { suggest } from '../config/suggest.ts'
import type { Command, CommandOption } from './command.ts'
import type { Sentence } from './language.ts'

/** The options that every command has. */
export const globalOptions: Readonly<Record<string, CommandOption>> = {
  json: { en: 'Answer in JSON, for programs.', zh: '以 JSON 输出，供程序使用。' },
  lang: {
    value: 'en|zh',
    isValid: (value) => /^(en|zh)\b/i.test(value),
    en: 'The language for people.',
    zh: '输出语言。',
  },
  config: {
    value: 'file',
    en: 'The configuration file; drawbridge.config.json.',
    zh: '配置文件，默认 drawbridge.config.json。',
  },
  'uni-config-center': {
    value: 'folder',
    en: 'The uni-config-center folder of a uniCloud project, or the project.',
    zh: 'uniCloud 项目的 uni-config-center 目录，或项目根目录。',
  },
  help: { en: 'Show this.', zh: '显示帮助。' },
}

/** A command line, understood as far as it can be. */
export interface ParsedCommand {
  readonly option: (name: string) => string | undefined
  readonly options: (name: string) => readonly string[]
  readonly has: (name: string) => boolean
  readonly words: readonly string[]
}

type Parsed =
  | (ParsedCommand & { readonly kind: 'command'; readonly command: Command })
  | (ParsedCommand & { readonly kind: 'help'; readonly command: Command | undefined })
  | (ParsedCommand & { readonly kind: 'version' })
  | (ParsedCommand & { readonly kind: 'mistake'; readonly mistake: Sentence })

/** Finds the command and its options. Values stay text: an appid of digits is no number. */
export function parseCommand(line: readonly string[], commands: readonly Command[]): Parsed {
  const argv = line.map(hideNegativeNumber)
  const command = findCommand(argv, commands)
  const known = { ...globalOptions, ...command?.options }
  const { tokens } = parseArgs({ args: [...argv], options: optionTypes(known), strict: false, tokens: true })
  const values = new Map<string, string[]>()
  const words: string[] = []
  let mistake: Sentence | undefined
  let isVersionAsked = false
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value.replace(HIDDEN_MINUS, '-'))
    if (token.kind !== 'option') continue
    if (token.name === 'h' || token.name === 'help') values.set('help', [''])
    else if (token.name === 'v' || (token.name === 'version' && !known['version'])) isVersionAsked = true
    else {
      const name = longName(token.name, known)
      mistake ??= optionMistake(name, token.value, known)
      values.set(name, [...(values.get(name) ?? []), token.value ?? ''])
    }
  }
  const parsed: ParsedCommand = {
    option: (name) => values.get(name)?.at(-1),
    options: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
    words: command ? words.slice(command.name.split(' ').length) : words,
  }
  if (isVersionAsked) return { ...parsed, kind: 'version' }
  if (parsed.has('help') || words.length === 0) return { ...parsed, kind: 'help', command }
  if (!command) return { ...parsed, kind: 'mistake', mistake: unknownCommand(words, commands) }
  mistake ??= wordsMistake(command, parsed.words)
  return mistake ? { ...parsed, kind: 'mistake', mistake } : { ...parsed, kind: 'command', command }
}

/** An errcode such as -1 would be taken for an option. */
const HIDDEN_MINUS = '\u2212'

function hideNegativeNumber(word: string): string {
  return /^-\d+$/.test(word) ? HIDDEN_MINUS + word.slice(1) : word
}

/** The command whose words come first on the line, the longer name winning. */
function findCommand(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const known: Record<string, CommandOption> = { ...globalOptions }
  for (const { options } of commands) Object.assign(known, options)
  const { positionals } = parseArgs({
    args: [...argv],
    options: optionTypes(known),
    strict: false,
    allowPositionals: true,
  })
  const names = [positionals.slice(0, 2).join(' '), positionals[0]]
  for (const name of names) {
    const command = commands.find((candidate) => candidate.name === name)
    if (command) return command
  }
  return undefined
}

function longName(name: string, known: Readonly<Record<string, CommandOption>>): string {
  if (name.length !== 1) return name
  return Object.entries(known).find(([, { short }]) => short === name)?.[0] ?? name
}

function optionTypes(known: Readonly<Record<string, CommandOption>>): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
  )
}

function optionMistake(
  name: string,
  value: string | undefined,
  known: Readonly<Record<string, CommandOption>>,
): Sentence | undefined {
  const option = Object.hasOwn(known, name) ? known[name] : undefined
  if (!option) {
    const near = suggest(name, Object.keys(known))
    return {
      en: `Unknown option --${name}.${near ? ` Did you mean --${near}?` : ''}`,
      zh: `未知选项 --${name}。${near ? `是否想写 --${near}？` : ''}`,
    }
  }
  if (option.value !== undefined && !value) {
    return {
      en: `The option --${name} needs a value: <${option.value}>.`,
      zh: `选项 --${name} 需要值：<${option.value}>。`,
    }
  }
  if (value !== undefined && option.isValid?.(value) === false) {
    return {
      en: `The option --${name} cannot be "${value}". ${option.en}`,
      zh: `选项 --${name} 的值不能是 "${value}"。${option.zh}`,
    }
  }
  if (option.value === undefined && value !== undefined) {
    return { en: `The option --${name} takes no value.`, zh: `选项 --${name} 不带值。` }
  }
  return undefined
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): Sentence {
  const typed = words.slice(0, 2).join(' ')
  const names = commands.map(({ name }) => name)
  const inGroup = names.filter((name) => name.startsWith(`${words[0] ?? ''} `))
  if (inGroup.length > 0) {
    return { en: `Which one: ${inGroup.join(', ')}?`, zh: `请选择其一：${inGroup.join('、')}。` }
  }
  const near = suggest(typed, names) ?? suggest(words[0] ?? '', names)
  return {
    en: `There is no command "${typed}".${near ? ` Did you mean "${near}"?` : ''}`,
    zh: `没有命令 "${typed}"。${near ? `是否想写 "${near}"？` : ''}`,
  }
}

function wordsMistake(command: Command, words: readonly string[]): Sentence | undefined {
  const expected = command.words ?? []
  const missing = expected.slice(words.length).find((word) => word.startsWith('<'))
  if (missing) return { en: `${missing} is missing.`, zh: `缺少 ${missing}。` }
  const surplus = words[expected.length]
  return surplus === undefined ? undefined : { en: `"${surplus}" is too much.`, zh: `多余的参数 "${surplus}"。` }
}
