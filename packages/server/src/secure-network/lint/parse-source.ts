import { stripTypeScriptTypes } from 'node:module'
import { parse } from 'acorn'
import type { Program } from 'acorn'

/** A source that cannot be parsed is the host's to complain of; here it is told and left. */
export type ParsedSource = { readonly program: Program; readonly text: string } | { readonly reason: string }

/**
 * Parses a function's source without running it: as a module, and where that fails as a script, as Node would. Types
 * are blanked out first, so that lines and columns stay.
 */
export function parseSource(file: string, source: string): ParsedSource {
  try {
    const text = /\.[mc]?ts$/.test(file) ? stripTypeScriptTypes(source) : source
    return { program: parseEither(text), text }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : 'unknown' }
  }
}

function parseEither(text: string): Program {
  const usual = { ecmaVersion: 'latest', locations: true, allowHashBang: true } as const
  try {
    return parse(text, { ...usual, sourceType: 'module' })
  } catch {
    return parse(text, { ...usual, sourceType: 'script', allowReturnOutsideFunction: true })
  }
}
