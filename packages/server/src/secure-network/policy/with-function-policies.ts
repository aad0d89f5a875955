import { findRule } from '@drawbridge/protocol'
import type { Rule, RuleSet } from '@drawbridge/protocol'
import { joinRules } from './join-rules.ts'

/** A policy that stands beside a function, in its package.json or its code. */
export interface FunctionPolicy {
  readonly name: string
  readonly policy: readonly Rule[]
}

/**
 * The rules with those beside the functions: a caller has to be admitted by both. Whoever writes the function can make
 * it stricter and never looser, and so can the operator.
 */
export function withFunctionPolicies(rules: RuleSet, beside: readonly FunctionPolicy[]): RuleSet {
  if (beside.length === 0) return rules
  const joined = beside.map(({ name, policy }) => {
    const operators = findRule(rules, name)
    return [name, operators ? joinRules(operators.list, policy) : policy] as const
  })
  // fromEntries makes own members of whatever name.
  return Object.fromEntries([...Object.entries(rules), ...joined])
}
