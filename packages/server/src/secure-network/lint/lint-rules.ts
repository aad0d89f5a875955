import { findRule } from '@drawbridge/protocol'
import type { Rule, RuleSet } from '@drawbridge/protocol'
import { createReport } from '../../config/mistake.ts'
import type { Mistake } from '../../config/mistake.ts'
import { placeWithoutText } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import { builtInNames } from '../policy/built-in-names.ts'
import { doubledDetail, findDoubledNames, namesOfKey } from '../policy/find-doubled-names.ts'
import { joinRules } from '../policy/join-rules.ts'
import { warnOfRules } from '../policy/warn-of-rules.ts'
import type { AssociatedApp, Policy } from '../policy-source.ts'
import { lintFinding } from './lint-finding.ts'
import type { LintFinding, LintPlace } from './lint-finding.ts'

/** What rules are held against. */
export interface RulesInSpace {
  readonly functions: readonly FunctionFacts[]
  /** The operator's, without those beside the functions. */
  readonly rules: RuleSet
  /** The gateway's, which rules call `h:name`; undefined: not known here. */
  readonly routes?: readonly string[]
  /** Undefined: not known here. */
  readonly mode?: Policy['mode']
  /** Those that may come; undefined: not known here. */
  readonly apps?: readonly AssociatedApp[]
}

/** Rules and policies beside functions, held against the functions that there are. */
export function lintRules({ functions, rules, routes, mode, apps }: RulesInSpace): readonly LintFinding[] {
  return [
    ...Object.keys(rules).flatMap((key) => unknownNames(key, functions, routes)),
    ...namedTwice(rules),
    ...emptyLists(rules),
    ...functions.flatMap((facts) => lintFunction(facts, rules, mode)),
    ...(apps ? neverMet(functions, rules, apps) : []),
  ]
}

function unknownNames(
  key: string,
  functions: readonly FunctionFacts[],
  routes: readonly string[] | undefined,
): readonly LintFinding[] {
  const known = [...functions.map(({ name }) => name), ...builtInNames, ...(routes ?? []).map((name) => `h:${name}`)]
  return namesOfKey(key)
    .filter((name) => name !== '*' && !known.includes(name) && (routes || !name.startsWith('h:')))
    .map((name) => {
      const near = suggest(name, known)
      const suggestion = near === undefined ? '' : ` Did you mean "${near}"?`
      return lintFinding('RULE_NAMES_NOTHING', { functionName: name }, { name, key, suggestion })
    })
}

function namedTwice(rules: RuleSet): readonly LintFinding[] {
  return findDoubledNames(Object.keys(rules)).map((doubled) =>
    lintFinding('RULE_NAMED_TWICE', { functionName: doubled.name }, doubledDetail(doubled)),
  )
}

function emptyLists(rules: RuleSet): readonly LintFinding[] {
  return Object.entries(rules)
    .filter(([, list]) => list.length === 0)
    .map(([name]) => lintFinding('RULE_EMPTY', { functionName: name }, { name }))
}

/** Rules that no app which may come can meet; of those beside functions, what shows without the apps is told there. */
function neverMet(
  functions: readonly FunctionFacts[],
  rules: RuleSet,
  apps: readonly AssociatedApp[],
): readonly LintFinding[] {
  return [
    ...Object.entries(rules).flatMap(([key, list]) =>
      warnings(key, list, apps).map((mistake) => ruleFinding({ functionName: key }, mistake)),
    ),
    ...functions.flatMap(({ name, file, policy = [] }) => {
      const told = warnings(name, policy).map(({ code, path }) => `${code} ${path}`)
      return warnings(name, policy, apps)
        .filter(({ code, path }) => !told.includes(`${code} ${path}`))
        .map((mistake) => ruleFinding({ functionName: name, file }, mistake))
    }),
  ]
}

function warnings(name: string, list: readonly Rule[], apps?: readonly AssociatedApp[]): readonly Mistake[] {
  const { report, mistakes } = createReport()
  warnOfRules(placeWithoutText('', [name], list), report, apps)
  return mistakes
}

function ruleFinding(place: LintPlace, { path, en, zh, remedyEn, remedyZh }: Mistake): LintFinding {
  return lintFinding('RULE_NEVER_MET', place, { en: `${path}: ${en}`, zh: `${path}：${zh}`, remedyEn, remedyZh })
}

function lintFunction(facts: FunctionFacts, rules: RuleSet, mode: Policy['mode'] | undefined): readonly LintFinding[] {
  const { name, file, path, policy } = facts
  const place = { functionName: name, file }
  const matched = findRule(rules, name)
  const findings: LintFinding[] = []
  if (policy && mode !== undefined && mode !== 'enforce')
    findings.push(lintFinding('POLICY_NOT_IN_FORCE', place, { name, mode }))
  const list = policy && matched ? joinRules(matched.list, policy) : (policy ?? matched?.list ?? [])
  if (policy && matched && list.length === 0 && policy.length > 0 && matched.list.length > 0)
    findings.push(lintFinding('RULES_CONFLICT', place, { name, key: matched.key }))
  const asks = asked(list)
  if (path !== undefined && asks !== '') findings.push(lintFinding('URL_WITHOUT_PROOF', place, { name, path, asks }))
  return findings
}

/** What a list asks that a call by URL can never show. */
function asked(list: readonly Rule[]): string {
  const asks = [
    ...(list.some(({ secretType = 'none' }) => secretType !== 'none') ? ['secretType'] : []),
    ...(list.some(({ minLevel = 0 }) => minLevel > 0) ? ['minLevel'] : []),
    ...(list.some(({ fresh = false }) => fresh) ? ['fresh'] : []),
  ]
  return asks.join(', ')
}
