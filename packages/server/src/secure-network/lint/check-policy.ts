import type { LintCode } from './lint-table.ts'
import type { LintFinding } from './lint-finding.ts'
import { lintRules } from './lint-rules.ts'
import type { RulesInSpace } from './lint-rules.ts'

/** What an operator has to know even without asking for a lint. */
const TOLD: ReadonlySet<LintCode> = new Set([
  'RULE_NAMES_NOTHING',
  'RULES_CONFLICT',
  'POLICY_NOT_IN_FORCE',
  'RULE_NEVER_MET',
])

/**
 * What keeps a space's policy from doing what it seems to: names of nothing, rules that cannot be met together,
 * rules that nobody can meet, policies that are not in force. Warnings all: the function that a rule names may be
 * deployed after it. `rulesRead`: whether who read the operator's rules has told already which of them nobody can meet.
 */
export function checkPolicy(
  subject: RulesInSpace,
  { rulesRead }: { readonly rulesRead: boolean },
): readonly LintFinding[] {
  return lintRules(subject)
    .filter(({ code, file }) => TOLD.has(code) && !(code === 'RULE_NEVER_MET' && rulesRead && file === undefined))
    .map((finding) => ({ ...finding, severity: 'warning' }))
}
