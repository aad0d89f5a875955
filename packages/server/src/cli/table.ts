import type { Command } from './command.ts'
import { credentialCommands } from './commands/credential-commands.ts'
import { doctorCommands } from './commands/doctor-commands.ts'
import { functionsCommands } from './commands/functions-commands.ts'
import { devCommand } from './commands/dev-command.ts'
import { keyCommands } from './commands/key-commands.ts'
import { lintCommand } from './commands/lint-command.ts'
import { policyCommands } from './commands/policy-commands.ts'
import { quickStartCommand } from './commands/quick-start-command.ts'
import { schemaCommand } from './commands/schema-command.ts'
import { startCommand } from './commands/start-command.ts'
import { storeCommands } from './commands/store-commands.ts'
import { tokenCommands } from './commands/token-commands.ts'
import { verdictCommands } from './commands/verdict-commands.ts'

/** Every command. A new one is a row here. */
export const commandTable: readonly Command[] = [
  quickStartCommand,
  devCommand,
  startCommand,
  ...functionsCommands,
  lintCommand,
  ...policyCommands,
  ...verdictCommands,
  ...doctorCommands,
  ...credentialCommands,
  ...tokenCommands,
  ...keyCommands,
  ...storeCommands,
  schemaCommand,
]
