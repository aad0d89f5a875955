import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findRule } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import { readManifest } from '../../functions/read-manifest.ts'
import { readFunctionPolicy } from '../policy/read-function-policy.ts'
import type { PolicyFault } from '../policy/policy-fault.ts'
import type { AssociatedApp, Policy } from '../policy-source.ts'
import { findChosenCalls } from './find-chosen-calls.ts'
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
  /** Those that may come; undefined: not known here. */
  readonly apps?: readonly AssociatedApp[]
  readonly guards?: Policy['guards']
  /** What functions that call functions may do; undefined: not known here. */
  readonly functionCalls?: Policy['sources']['function']
}

/**
 * Looks at the functions of a project for what makes client verification weaker than it seems: conditions on
 * secretType that always hold, policies that cannot be read, rules that guard nothing, functions that callers choose,
 * data for everybody. Code is read and never run.
 */
export function lintFunctions(subject: LintSubject): readonly LintFinding[] {
  const { folder, rules, routes, mode, apps, guards, functionCalls } = subject
  const functions = [...readFunctionsFolder(folder, 10).functions.values()]
  const entries = new Set(functions.map(({ file }) => file))
  const findings = sourceFiles(folder)
    .flatMap((file) => lintSource(file, ownerOf(folder, file), entries.has(file)))
    // Where functions may not call guarded ones, it is no way around a policy.
    .filter(({ code }) => code !== 'FUNCTION_CHOSEN_BY_CALLER' || functionCalls !== 'refuse')
  const given = rules ?? {}
  return [
    ...findings,
    ...functions.flatMap((facts) => lintPolicy(folder, facts)),
    ...(rules || functions.some(({ policy }) => policy)
      ? lintRules({ functions, rules: given, ...(routes && { routes }), ...(mode && { mode }), ...(apps && { apps }) })
      : []),
    ...(guards === 'all' ? [] : functions.flatMap((facts) => lintOpenness(facts, given))),
  ]
}

/** The function in whose folder a file is; empty for common modules. */
function ownerOf(folder: string, file: string): string {
  const [first = ''] = file.slice(folder.length + 1).split(/[\\/]/)
  return first === 'common' ? '' : first
}

function lintSource(file: string, functionName: string, isEntry: boolean): readonly LintFinding[] {
  const parsed = parseSource(file, readFileSync(file, 'utf8'))
  const place = { functionName, file }
  if ('reason' in parsed) return [lintFinding('SOURCE_NOT_READ', place, { reason: parsed.reason })]
  return [
    ...findOddGuards(parsed).map(({ always, condition, ...position }) =>
      lintFinding(always ? 'GUARD_ALWAYS_TRUE' : 'GUARD_NEVER_TRUE', { ...place, ...position }, { condition }),
    ),
    ...findChosenCalls(parsed, { isEntry }).map(({ written, ...position }) =>
      lintFinding('FUNCTION_CHOSEN_BY_CALLER', { ...place, ...position }, { written }),
    ),
  ]
}

function lintPolicy(folder: string, { name, file }: FunctionFacts): readonly LintFinding[] {
  const faults: PolicyFault[] = []
  const own = join(folder, name)
  const manifest = readManifest(own, name, () => undefined) ?? {}
  readFunctionPolicy({ folder: own, manifest, file }, (fault) => void faults.push(fault))
  return faults.map(({ severity, file: where, line, column, en, zh, remedyEn, remedyZh }) => {
    const place = { functionName: name, file: where, ...(line && { line }), ...(column && { column }) }
    return { ...lintFinding('POLICY_WRONG', place, { en, zh, remedyEn, remedyZh }), severity }
  })
}

function lintOpenness({ name, file, policy }: FunctionFacts, rules: RuleSet): readonly LintFinding[] {
  if (policy || findRule(rules, name)) return []
  const parsed = parseSource(file, readFileSync(file, 'utf8'))
  if ('reason' in parsed || !returnsData(parsed.program)) return []
  return [lintFinding('DATA_WITHOUT_POLICY', { functionName: name, file }, { name })]
}
