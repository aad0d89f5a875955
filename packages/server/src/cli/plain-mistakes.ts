import type { Mistake } from '../config/mistake.ts'

/**
 * The mistakes of a JSON text with those of syntax in words for people: the parser's own are names of its tokens. One
 * a line, and none where the parser stumbles on to the end.
 */
export function plainMistakes(mistakes: readonly Mistake[], text: string): readonly Mistake[] {
  const isSyntax = ({ code }: Mistake): boolean => code === 'JSON_SYNTAX'
  const slips = mistakes.filter(isSyntax)
  const telling = slips.filter(
    (slip, index) =>
      index === 0 ||
      (restAfter(slip, text).trim() !== '' && !slips.slice(0, index).some(({ line }) => line === slip.line)),
  )
  return [
    ...mistakes.filter((mistake) => !isSyntax(mistake)),
    ...telling.map((slip) => ({ ...slip, ...words(restAfter(slip, text)) })),
  ]
}

function restAfter({ line = 1, column = 1 }: Mistake, text: string): string {
  const lines = text.split('\n').slice(line - 1)
  return lines.join('\n').slice(column - 1)
}

function words(rest: string): Partial<Mistake> {
  return UNFINISHED.test(rest) ? CUT_OFF : NO_JSON
}

/** Nothing more, or a string or comment that the text ends in. */
const UNFINISHED = /^(?:\s*|"(?:[^"\\\n]|\\.)*\\?\s*|\/\*(?:(?!\*\/)[^])*)$/

const CUT_OFF = {
  en: 'The file ends before its JSON does: something is still open here.',
  zh: '文件在 JSON 结束前就已结束：此处仍有未闭合的内容。',
  remedyEn: 'Get the whole file, or close what is open: a bracket, a quote, a comment.',
  remedyZh: '请使用完整的文件，或补上缺少的括号、引号或注释结尾。',
}
const NO_JSON = { en: 'From here on the text is not valid JSON.', zh: '从这里开始不是合法的 JSON。' }
