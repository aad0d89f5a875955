import { readFileSync } from 'node:fs'
import { parse, printParseErrorCode } from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'

/** A configuration that cannot be read. */
class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError'
  readonly code = 'CONFIG_FILE_INVALID'
}

/** Reads a config.json as people write it, with comments and trailing commas. Throws `CONFIG_FILE_INVALID` with the line. */
export function readConfigFile(file: string): unknown {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error) throw invalid(file, text, error)
  return value
}

function invalid(file: string, text: string, { error, offset }: ParseError): ConfigFileError {
  const line = text.slice(0, offset).split('\n').length
  const [plugin = '', name = ''] = file.split('/').slice(-2)
  return new ConfigFileError(`${plugin}/${name} is no JSON: ${printParseErrorCode(error)} in line ${line}`)
}
