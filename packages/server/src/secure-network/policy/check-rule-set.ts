import type { Report } from '../../config/mistake.ts'
import { at, members } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { checkPlatforms } from './check-platforms.ts'
import { doubledDetail, findDoubledNames, namesOfKey } from './find-doubled-names.ts'
import { findImpossibleName } from './find-impossible-name.ts'
import { warnOfRules } from './warn-of-rules.ts'
import type { RuleApp } from './warn-of-rules.ts'

/**
 * Reports everything that is wrong or odd in rules besides their schema, which others check: what does not fit it is
 * passed over, so that a slip in one rule hides none in the others. `apps`: those that may come; undefined: not known here.
 */
export function checkRuleSet(rules: Place, report: Report, apps?: readonly RuleApp[]): void {
  for (const [key, list] of members(rules)) {
    checkKey(key, list, report)
    checkPlatforms(list, report)
    warnOfRules(list, report, apps)
  }
  for (const doubled of findDoubledNames(members(rules).map(([key]) => key))) {
    const loser = doubled.keys.find((key) => key !== doubled.key)
    if (loser !== undefined) report('RULE_NAMED_TWICE', at(rules, loser), doubledDetail(doubled))
  }
}

function checkKey(key: string, list: Place, report: Report): void {
  const names = namesOfKey(key)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  const impossible = findImpossibleName(names)
  if (names.includes('')) report('RULE_NAME_EMPTY', list, { key })
  else if (repeated !== undefined) report('RULE_NAME_REPEATED', list, { name: repeated })
  else if (names.length > 1 && names.includes('*')) report('RULE_STAR_IN_LIST', list, { key })
  else if (impossible) report('RULE_NAME_IMPOSSIBLE', list, impossible)
}
