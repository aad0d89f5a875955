import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findRule } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import { readManifest } from '../../functions/read-manifest.ts'
import { readFunctionPolicy } from '../policy/read-function-policy.ts'
import type { Policy } from '../policy-source.ts'
import { findOddGuards } from './find-odd-guards.ts'
import { lintFinding } from './lint-finding.ts'
import type { LintFinding } from './lint-finding.ts'
import { lintRules } from './lint-rules.ts'
import { parseSource } from './parse-source.ts'
import { returnsData } from './returns-data.ts'
import { sourceFiles } from './source-files.ts'

/** What is looked at. */
export interface LintSubject {
  /** The folder uniCloud/cloudfunctions. */
  readonly folder: string
  /** The operator's rules; undefined: not known here, and nothing is said of them. */
  readonly rules?: RuleSet
  /** Names of the gateway's routes; undefined: not known here. */
  readonly routes?: readonly string[]
  readonly mode?: Policy['mode']
  readonly guards?: Policy['guards']
}

/**
 * Looks at the functions of a project for what makes client verification weaker than it seems: conditions on
 * secretType that always hold, policies that cannot be read, rules that guard nothing, data for everybody. Code is
 * read and never run.
 */
export function lintFunctions({ folder, rules, routes, mode, guards }: LintSubject): readonly LintFinding[] {
  const functions = [...readFunctionsFolder(folder, 10).functions.values()]
  const findings = sourceFiles(folder).flatMap((file) => lintSource(file, ownerOf(folder, file)))
  const given = rules ?? {}
  return [
    ...findings,
    ...functions.flatMap((facts) => lintPolicy(folder, facts)),
    ...(rules || functions.some(({ policy }) => policy)
      ? lintRules({ functions, rules: given, ...(routes && { routes }), ...(mode && { mode }) })
      : []),
    ...(guards === 'all' ? [] : functions.flatMap((facts) => lintOpenness(facts, given))),
  ]
}

/** The function in whose folder a file is; empty for common modules. */
function ownerOf(folder: string, file: string): string {
  const [first = ''] = file.slice(folder.length + 1).split(/[\\/]/)
  return first === 'common' ? '' : first
}

function lintSource(file: string, functionName: string): readonly LintFinding[] {
  const parsed = parseSource(file, readFileSync(file, 'utf8'))
  if ('reason' in parsed) return [lintFinding('SOURCE_NOT_READ', { functionName, file }, { reason: parsed.reason })]
  return findOddGuards(parsed).map(({ always, condition, line, column }) =>
    lintFinding(always ? 'GUARD_ALWAYS_TRUE' : 'GUARD_NEVER_TRUE', { functionName, file, line, column }, { condition }),
  )
}

function lintPolicy(folder: string, { name, file }: FunctionFacts): readonly LintFinding[] {
  const messages: string[] = []
  const manifest = readManifest(join(folder, name), name, () => undefined) ?? {}
  readFunctionPolicy(manifest, file, (message) => messages.push(message))
  const place = { functionName: name, file: messages.some(isOfManifest) ? join(folder, name, 'package.json') : file }
  return messages.map((message) => lintFinding('POLICY_WRONG', place, { message }))
}

function isOfManifest(message: string): boolean {
  return message.startsWith('drawbridge.') || message.startsWith('drawbridge is')
}

function lintOpenness({ name, file, policy }: FunctionFacts, rules: RuleSet): readonly LintFinding[] {
  if (policy || findRule(rules, name)) return []
  const parsed = parseSource(file, readFileSync(file, 'utf8'))
  if ('reason' in parsed || !returnsData(parsed.program)) return []
  return [lintFinding('DATA_WITHOUT_POLICY', { functionName: name, file }, { name })]
}
