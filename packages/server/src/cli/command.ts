import type { ConfigSources, LoadedConfig } from '../config/load-config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { ExitCode } from './exit-code.ts'
import type { Language, Sentence } from './language.ts'
import type { Machinery, Replica } from './machinery.ts'
import type { World } from './world.ts'

/** One option of a command. */
export interface CommandOption extends Sentence {
  /** What stands for the value in the help; left out: a switch. */
  readonly value?: string
  /** One letter that stands for it: `-f`. */
  readonly short?: string
  /** What values make sense; any when left out. */
  readonly isValid?: (value: string) => boolean
  /** It may be given more than once. */
  readonly isRepeatable?: true
}

/** What a command ends with. */
export interface Outcome {
  /** Printed with `--json`, beside `ok`. Its shape is stable. */
  readonly json: Readonly<Record<string, unknown>>
  /** Printed otherwise; empty: nothing. */
  readonly text: string
  /** `done` when left out. */
  readonly exit?: ExitCode
}

/** What a command is given. */
export interface CommandContext {
  readonly world: World
  readonly language: Language
  readonly isJson: boolean
  /** Picks the sentence of the chosen language. */
  readonly say: (sentence: Sentence) => string
  /** The value of an option; undefined when it was not given. */
  readonly option: (name: string) => string | undefined
  readonly options: (name: string) => readonly string[]
  readonly has: (name: string) => boolean
  /** What is no option, after the command's name. */
  readonly words: readonly string[]
  /** One line of JSON for what is not the end, with `--json`. */
  readonly announce: (json: Readonly<Record<string, unknown>>) => void
  /** A line of progress, to standard error, unless `--json`. */
  readonly progress: (sentence: Sentence) => void
  /** Reads the configuration; warnings go to standard error. Throws `CONFIG_INVALID` after showing every mistake. */
  readonly config: (more?: Partial<ConfigSources>) => ServerConfig
  /** Reads the configuration, mistakes and all; shows nothing. */
  readonly loadConfig: (more?: Partial<ConfigSources>) => LoadedConfig
  /** Opens stores and bridge, gives them to the work, and closes them whatever happens. */
  readonly withReplica: <T>(work: (replica: Replica) => Promise<T>) => Promise<T>
  readonly machinery: Machinery
}

/** One command of the command line. */
export interface Command {
  /** One word or two, such as `credentials ls`. */
  readonly name: string
  /** What is no option, such as `<kind>`; `[…]` may be left out. */
  readonly words?: readonly string[]
  readonly summary: Sentence
  readonly options?: Readonly<Record<string, CommandOption>>
  /** Failures are told in both languages, since a newcomer's choice is not known yet. */
  readonly isBilingual?: true
  /** undefined: done, and everything was said on the way. */
  readonly run: (context: CommandContext) => Promise<Outcome | undefined>
}
