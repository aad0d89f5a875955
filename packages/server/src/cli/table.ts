import type { Command } from './command.ts'
import { credentialCommands } from './commands/credential-commands.ts'
import { doctorCommands } from './commands/doctor-commands.ts'
import { devCommand } from './commands/dev-command.ts'
import { keyCommands } from './commands/key-commands.ts'
import { quickStartCommand } from './commands/quick-start-command.ts'
import { schemaCommand } from './commands/schema-command.ts'
import { startCommand } from './commands/start-command.ts'
import { storeCommands } from './commands/store-commands.ts'
import { tokenCommands } from './commands/token-commands.ts'

/** Every command. A new one is a row here. */
export const commandTable: readonly Command[] = [
  quickStartCommand,
  devCommand,
  startCommand,
  ...doctorCommands,
  ...credentialCommands,
  ...tokenCommands,
  ...keyCommands,
  ...storeCommands,
  schemaCommand,
]
