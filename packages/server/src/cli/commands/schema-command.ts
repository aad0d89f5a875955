import { configFileJsonSchema } from '../../config/config-file-schema.ts'
import type { Command } from '../command.ts'

/** Prints the JSON Schema of the configuration file. */
export const schemaCommand: Command = {
  name: 'schema',
  summary: {
    en: 'Print the JSON Schema of drawbridge.config.json.',
    zh: '输出 drawbridge.config.json 的 JSON Schema。',
  },
  run: async () => {
    const text = configFileJsonSchema()
    return { json: { schema: JSON.parse(text) as unknown }, text }
  },
}
