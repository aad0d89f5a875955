import { meetsSecretType } from '../envelope/secret-type.ts'
import type { SecretType } from '../envelope/secret-type.ts'
import { findRule } from './find-rule.ts'
import type { MatchedRule } from './find-rule.ts'
import { isOfApp, isOfPlatform } from './is-listed.ts'
import type { ListedCaller } from './is-listed.ts'
import type { Rule, RuleSet } from './rule-set.ts'

/** What is known of who calls. What is absent is not known, and meets no rule that asks for it. */
export interface RuleCaller extends ListedCaller {
  readonly version?: string
  /** How good the evidence of the device is, 0 to 3. */
  readonly level?: number
  /** What was encrypted, as authenticated. */
  readonly secretType?: SecretType
  /** Whether the device's key signed this very call. */
  readonly fresh?: boolean
}

/**
 * What a side can ask. A client knows its app and platform alone (`list`), which is what uniCloud's checks before it
 * calls; the server asks everything (`policy`).
 */
export type RuleAsks = 'list' | 'policy'

/** Why nobody in the list is the caller: the fact in which the nearest rule was not met. */
export type RuleRefusal = 'empty' | 'app' | 'platform' | 'version' | 'level' | 'secretType' | 'fresh'

/**
 * May the caller call? `code` is what a refusal is to the caller: CLIENT_NOT_LISTED (20101) where the list does not
 * have the client, ENVELOPE_REJECTED (70004) on the server and for what a policy asks besides.
 */
export type RuleVerdict =
  | { readonly outcome: 'unguarded' }
  | { readonly outcome: 'admitted'; readonly matched: MatchedRule; readonly rule: Rule; readonly index: number }
  | {
      readonly outcome: 'refused'
      readonly matched: MatchedRule
      readonly reason: RuleRefusal
      readonly code: 'CLIENT_NOT_LISTED' | 'ENVELOPE_REJECTED'
    }

/** Does the rule set let this caller call this function? One rule of the deciding list is enough. */
export function matchRule(rules: RuleSet, functionName: string, caller: RuleCaller, asks: RuleAsks): RuleVerdict {
  const matched = findRule(rules, functionName)
  if (!matched) return { outcome: 'unguarded' }
  const questions = asks === 'list' ? LIST_QUESTIONS : QUESTIONS
  let furthest = -1
  for (const [index, rule] of matched.list.entries()) {
    const failed = questions.findIndex(([, isMet]) => !isMet(rule, caller))
    if (failed < 0) return { outcome: 'admitted', matched, rule, index }
    if (failed > furthest) furthest = failed
  }
  const reason = questions[furthest]?.[0] ?? 'empty'
  return { outcome: 'refused', matched, reason, code: asks === 'list' ? 'CLIENT_NOT_LISTED' : 'ENVELOPE_REJECTED' }
}

type Question = readonly [name: RuleRefusal, isMet: (rule: Rule, caller: RuleCaller) => boolean]

/** In this order a rule is the nearer, the later it fails. */
const QUESTIONS: readonly Question[] = [
  ['app', isOfApp],
  ['platform', isOfPlatform],
  ['version', (rule, { version }) => rule.version === undefined || rule.version === version],
  ['level', (rule, { level }) => rule.minLevel === undefined || (level ?? 0) >= rule.minLevel],
  ['secretType', isSecretEnough],
  ['fresh', (rule, { fresh }) => rule.fresh !== true || fresh === true],
]
const LIST_QUESTIONS = QUESTIONS.slice(0, 2)

function isSecretEnough(rule: Rule, { secretType }: RuleCaller): boolean {
  return rule.secretType === undefined || meetsSecretType(secretType ?? 'none', rule.secretType)
}
