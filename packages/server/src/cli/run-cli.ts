import { DrawbridgeError } from '@drawbridge/protocol'
import { demandConfig } from '../config/load-config.ts'
import { scrub } from '../log/scrub.ts'
import type { Command, CommandContext, Outcome } from './command.ts'
import { describeError } from './describe-error.ts'
import { exitCode, exitCodeOf } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { helpText } from './help-text.ts'
import { chooseLanguage } from './language.ts'
import type { Language } from './language.ts'
import type { Machinery } from './machinery.ts'
import { globalOptions, parseCommand } from './parse-command.ts'
import type { ParsedCommand } from './parse-command.ts'
import { showMistakes } from './show-mistakes.ts'
import { commandTable } from './table.ts'
import { usageMistake } from './usage-mistake.ts'
import { visibleLines, visibleText } from './visible-text.ts'
import type { World } from './world.ts'

/** Runs one command line to its end and answers the exit code; never throws. */
export async function runCli(world: World, machinery: Machinery): Promise<ExitCode> {
  const parsed = parseCommand(world.argv, commandTable)
  const language = chooseLanguage(parsed.option('lang'), world.env)
  if (parsed.kind === 'version') return say(world, world.version)
  if (parsed.kind === 'help') return say(world, helpText(commandTable, globalOptions, parsed.command, language))
  if (parsed.kind === 'mistake') {
    const isJson = parsed.has('json')
    return show(world, isJson, usageMistake({ world, isJson, language }, parsed.mistake))
  }
  const context = createContext(world, machinery, parsed, language)
  try {
    return show(world, context.isJson, await parsed.command.run(context))
  } catch (error) {
    return showError(world, context, parsed.command, error)
  }
}

function say(world: World, text: string): ExitCode {
  world.out(`${text}\n`)
  return exitCode.done
}

function show(world: World, isJson: boolean, outcome: Outcome | undefined): ExitCode {
  if (!outcome) return exitCode.done
  const { json, text, exit = exitCode.done } = outcome
  if (isJson) world.out(jsonLine(exit === exitCode.done, json))
  else if (text !== '') world.out(visibleLines(text.endsWith('\n') ? text : `${text}\n`))
  return exit
}

function jsonLine(ok: boolean, json: Readonly<Record<string, unknown>>): string {
  return visibleLines(`${JSON.stringify({ ok, ...json })}\n`)
}

function showError(world: World, context: CommandContext, command: Command, error: unknown): ExitCode {
  const described = describeError(error)
  const exit = exitCodeOf(described)
  if (context.isJson) {
    // Reading again costs little, and the mistakes are what a program wants to see.
    const mistakes = exit === exitCode.configuration ? { mistakes: context.loadConfig().mistakes } : {}
    return show(world, true, { json: { error: described, ...mistakes }, text: '', exit })
  }
  const other = context.language === 'zh' ? 'en' : 'zh'
  const languages: readonly Language[] = command.isBilingual ? [context.language, other] : [context.language]
  const sentences = {
    en: `${described.en}\n  → ${described.remedyEn}\n`,
    zh: `${described.zh}\n  → ${described.remedyZh}\n`,
  }
  const said = languages.map((language) => sentences[language])
  const detail = Object.entries(described.detail).map(([name, value]) => `  ${name}: ${visibleText(String(value))}\n`)
  world.err(`${described.code}: ${said.join('')}${detail.join('')}`)
  if (!(error instanceof DrawbridgeError) && error instanceof Error) {
    world.err(visibleLines(`${scrub(error.stack ?? error.message)}\n`))
  }
  return exit
}

/** An option that stands for a variable wins over it. */
function given(variable: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [variable]: value }
}

function createContext(
  world: World,
  machinery: Machinery,
  parsed: ParsedCommand & { readonly command: Command },
  language: Language,
): CommandContext {
  const isJson = parsed.has('json')
  const listen = { ...given('PORT', parsed.option('port')), ...given('HOST', parsed.option('host')) }
  const loadConfig: CommandContext['loadConfig'] = ({ env = world.env, ...more } = {}) =>
    machinery.loadConfig({
      cwd: world.cwd,
      ...(more.configText === undefined && {
        configPath: parsed.option('config'),
        uniConfigCenter: parsed.option('uni-config-center'),
      }),
      ...more,
      env: { ...env, ...listen },
    })
  const config: CommandContext['config'] = (more) => {
    const loaded = loadConfig(more)
    if (!isJson) world.err(showMistakes(loaded.mistakes, language))
    return demandConfig(loaded)
  }
  return {
    world,
    language,
    isJson,
    say: (sentence) => sentence[language],
    option: parsed.option,
    options: parsed.options,
    has: parsed.has,
    words: parsed.words,
    announce: (json) => {
      if (isJson) world.out(jsonLine(true, json))
    },
    progress: (sentence) => {
      if (!isJson) world.err(visibleLines(`${sentence[language]}\n`))
    },
    config,
    loadConfig,
    async withReplica(work) {
      const replica = await machinery.openReplica(config())
      try {
        return await work(replica)
      } finally {
        await replica.close()
      }
    },
    machinery,
  }
}
