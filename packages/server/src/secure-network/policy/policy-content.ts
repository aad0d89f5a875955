import { isRuleSet } from '@drawbridge/protocol'
import type { Policy } from '../policy-source.ts'

/** What an operator may change while the servers run; everything else of a policy is the configuration's. */
export type PolicyContent = Pick<Policy, 'mode' | 'guards' | 'rules'>

/** The modes of client verification. */
export const policyModes = ['off', 'monitor', 'enforce'] as const

/** What is guarded: every function, or those that the rules name. */
export const policyGuards = ['all', 'rules'] as const

/** Reads what was kept; undefined for what is none. */
export function readPolicyContent(text: string): PolicyContent | undefined {
  const { mode, guards, rules } = parsed(text)
  const knownMode = policyModes.find((each) => each === mode)
  const knownGuards = policyGuards.find((each) => each === guards)
  if (knownMode === undefined || knownGuards === undefined || !isRuleSet(rules)) return undefined
  return { mode: knownMode, guards: knownGuards, rules }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
