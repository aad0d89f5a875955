import { clientDbName } from './client-db-name.ts'
import type { Rule, RuleSet } from './rule-set.ts'

/** The list that decides about a function, and the key under which it stands. */
export interface MatchedRule {
  readonly key: string
  readonly list: readonly Rule[]
}

/**
 * Which list decides: that of the exact name, else of several names with this among them (the last such one, as
 * uniCloud's client has it), else `*`. `undefined` when none does: the function is not guarded.
 */
export function findRule(rules: RuleSet, functionName: string): MatchedRule | undefined {
  const wanted = clientDbName(functionName)
  let exact: string | undefined
  let listed: string | undefined
  let every: string | undefined
  for (const key of Object.keys(rules)) {
    if (key === wanted || (clientDbName(key) === wanted && exact === undefined)) exact = key
    else if (key === '*') every = key
    else if (namesOf(key).includes(wanted)) listed = key
  }
  const key = exact ?? listed ?? every
  const list = key === undefined ? undefined : rules[key]
  return key === undefined || list === undefined ? undefined : { key, list }
}

function namesOf(key: string): readonly string[] {
  return key.split(',').map((name) => clientDbName(name.trim()))
}
