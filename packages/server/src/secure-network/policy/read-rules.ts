import { clientDbName, isRuleSet } from '@drawbridge/protocol'
import type { Rule, RuleSet } from '@drawbridge/protocol'
import { checkSchema } from '../../config/check-schema.ts'
import type { MistakeCode } from '../../config/mistake-table.ts'
import { createReport } from '../../config/mistake.ts'
import type { Mistake, Report } from '../../config/mistake.ts'
import { openJson } from '../../config/open-json.ts'
import { at, members } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import type { AssociatedApp } from '../policy-source.ts'
import { checkPlatforms } from './check-platforms.ts'
import { findImpossibleName } from './find-impossible-name.ts'
import { warnOfRules } from './warn-of-rules.ts'
import { ruleListSchema, ruleSetSchema } from './rule-schema.ts'

/** What came of reading rules: all of them and the warnings, or none and every mistake. */
export interface ReadRules {
  readonly rules?: RuleSet
  readonly mistakes: readonly Mistake[]
}

/**
 * Reads a rule file as DCloud's console and ours write it: JSON with comments, several names in one key with commas
 * between, clientDB under either of its names. A mistake anywhere leaves no rules at all. Rules that admit nobody are warned of; `apps`: those that may come, left out
 * where they are not known.
 */
export function readRuleFile(file: string, text: string, apps?: readonly Pick<AssociatedApp, 'appId'>[]): ReadRules {
  const { report, mistakes } = createReport()
  // A list that another one hides is no rule that anybody wanted to lose.
  const strictReport: Report = (code, place, detail, severity) =>
    report(code, place, detail, code === 'KEY_REPEATED' ? 'error' : severity)
  const place = openJson(file, text, strictReport)
  const rules = place && readRules(place, strictReport)
  if (mistakes.length > 0 || !rules) return { mistakes }
  for (const [key, member] of members(place)) warnOfRules(listAt(place, key), member, report, apps)
  return { rules, mistakes }
}

/** Reads rules that stand anywhere; undefined when there is a mistake, which is reported. Names come out in one form. */
export function readRules(place: Place, report: Report): RuleSet | undefined {
  if (!checkSchema(ruleSetSchema, place, report)) return undefined
  const rules = new Map<string, readonly Rule[]>()
  const complaints: MistakeCode[] = []
  const complain = (...told: Parameters<Report>): void => {
    complaints.push(told[0])
    report(...told)
  }
  for (const [key, member] of members(place)) {
    const names = key.split(',').map((name) => clientDbName(name.trim()))
    const repeated = names.find((name, index) => names.indexOf(name) !== index)
    const written = names.join(', ')
    const impossible = findImpossibleName(names)
    const list = listAt(place, key)
    if (names.includes('')) complain('RULE_NAME_EMPTY', member, { key })
    else if (repeated !== undefined) complain('RULE_NAME_REPEATED', member, { name: repeated })
    else if (names.length > 1 && names.includes('*')) complain('RULE_STAR_IN_LIST', member, { key })
    else if (rules.has(written)) complain('RULE_NAME_REPEATED', member, { name: written })
    else if (impossible) complain('RULE_NAME_IMPOSSIBLE', member, impossible)
    // What is wrong with a platform is among the complaints.
    else if (checkPlatforms(list, member, complain)) rules.set(written, list)
  }
  const read: unknown = Object.fromEntries(rules)
  return complaints.length === 0 && isRuleSet(read) ? read : undefined
}

/** Reads one list of rules; undefined when there is a mistake, which is reported. */
export function readRuleList(place: Place, report: Report): readonly Rule[] | undefined {
  if (!checkSchema(ruleListSchema, place, report)) return undefined
  // The schema's type is the rule's own.
  const list = place.value as readonly Rule[]
  return checkPlatforms(list, place, report) ? list : undefined
}

/** The list of a key, where the schema was checked. */
function listAt(place: Place, key: string): readonly Rule[] {
  return at(place, key).value as readonly Rule[]
}
