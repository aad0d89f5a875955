import type { CommandContext, Outcome } from './command.ts'
import { exitCode } from './exit-code.ts'
import type { Sentence } from './language.ts'

const HELP_HINT: Sentence = { en: 'See drawbridge --help.', zh: '参见 drawbridge --help。' }

/** How a command ends whose line makes no sense; people are told so at once. */
export function usageMistake(
  { world, isJson, language }: Pick<CommandContext, 'world' | 'isJson' | 'language'>,
  mistake: Sentence,
): Outcome {
  if (!isJson) world.err(`${mistake[language]}\n${HELP_HINT[language]}\n`)
  return { json: { error: { code: 'USAGE', ...mistake } }, text: '', exit: exitCode.usage }
}
