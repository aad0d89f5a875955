import type { Report } from '../../config/mistake.ts'
import { at, elements } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import type { AssociatedApp } from '../policy-source.ts'

/** Evidence of the device is what apps have; mini programs have none. */
const WITHOUT_EVIDENCE = 'mp-weixin'

/**
 * Warns of rules of a list that admit nobody, although each is well written. What is no rule is passed over. `apps`
 * undefined: not known here.
 */
export function warnOfRules(list: Place, report: Report, apps?: readonly Pick<AssociatedApp, 'appId'>[]): void {
  for (const rule of elements(list)) {
    const [platform, minLevel, fresh] = ['platform', 'minLevel', 'fresh'].map((name) => at(rule, name).value)
    const asked = typeof minLevel === 'number' && minLevel > 0 ? 'minLevel' : fresh === true ? 'fresh' : undefined
    if (typeof platform === 'string' && platform.toLowerCase() === WITHOUT_EVIDENCE && asked)
      report('RULE_NEVER_MET', rule, { platform, asked })
    const { value: appId } = at(rule, 'appId')
    if (apps && typeof appId === 'string' && !apps.some((app) => app.appId === appId))
      report('SECURE_RULE_APP_UNKNOWN', at(rule, 'appId'), { appId })
  }
}
