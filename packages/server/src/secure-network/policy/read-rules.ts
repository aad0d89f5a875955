import { isRuleSet } from '@drawbridge/protocol'
import type { Rule, RuleSet } from '@drawbridge/protocol'
import { checkSchema } from '../../config/check-schema.ts'
import { mistakeTable } from '../../config/mistake-table.ts'
import { createReport } from '../../config/mistake.ts'
import type { Mistake, Report } from '../../config/mistake.ts'
import { openJson } from '../../config/open-json.ts'
import { members } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { checkPlatforms } from './check-platforms.ts'
import { checkRuleSet } from './check-rule-set.ts'
import { namesOfKey } from './find-doubled-names.ts'
import { ruleListSchema, ruleSetSchema } from './rule-schema.ts'
import { warnOfRules } from './warn-of-rules.ts'
import type { RuleApp } from './warn-of-rules.ts'

/** What came of reading rules: all of them and the warnings, or none and every mistake. */
export interface ReadRules {
  readonly rules?: RuleSet
  readonly mistakes: readonly Mistake[]
}

/**
 * Reads a rule file as DCloud's console and ours write it: JSON with comments, several names in one key with commas
 * between, clientDB under either of its names. A mistake anywhere leaves no rules at all; what is only odd is warned of.
 * `apps`: those that may come, left out where they are not known.
 */
export function readRuleFile(file: string, text: string, apps?: readonly RuleApp[]): ReadRules {
  const { report, mistakes } = createReport()
  // A list that another one replaces is no rule that anybody wanted to lose.
  const strictReport: Report = (code, place, detail, severity) =>
    report(code, place, detail, code === 'KEY_REPEATED' ? 'error' : severity)
  const place = openJson(file, text, strictReport)
  const rules = place && readRules(place, strictReport, apps)
  return { ...(rules && !mistakes.some(({ severity }) => severity === 'error') && { rules }), mistakes }
}

/** Reads rules that stand anywhere; undefined when there is a mistake. All are reported. Names come out in one form. */
export function readRules(place: Place, report: Report, apps?: readonly RuleApp[]): RuleSet | undefined {
  const { isGood, complain } = countErrors(report)
  const fits = checkSchema(ruleSetSchema, place, complain)
  const written = members(place).map(([key]) => namesOfKey(key).join(', '))
  // In the one form two keys can be the same, and only one list could be kept.
  checkRuleSet(
    place,
    (code, where, detail, severity) => {
      const [key = ''] = where.path.slice(place.path.length)
      const form = namesOfKey(String(key)).join(', ')
      const isLost = code === 'RULE_NAMED_TWICE' && written.indexOf(form) !== written.lastIndexOf(form)
      complain(code, where, detail, isLost ? 'error' : severity)
    },
    apps,
  )
  if (!fits || !isGood()) return undefined
  const rules: unknown = Object.fromEntries(members(place).map(([, list], index) => [written[index], list.value]))
  return isRuleSet(rules) ? rules : undefined
}

/** Reads one list of rules; undefined when there is a mistake. All are reported. */
export function readRuleList(place: Place, report: Report): readonly Rule[] | undefined {
  const { isGood, complain } = countErrors(report)
  const fits = checkSchema(ruleListSchema, place, complain)
  checkPlatforms(place, complain)
  warnOfRules(place, complain)
  // The schema's type is the rule's own.
  return fits && isGood() ? (place.value as readonly Rule[]) : undefined
}

function countErrors(report: Report): { readonly isGood: () => boolean; readonly complain: Report } {
  let errors = 0
  return {
    isGood: () => errors === 0,
    complain(code, place, detail, severity = mistakeTable[code].severity) {
      if (severity === 'error') errors++
      report(code, place, detail, severity)
    },
  }
}
