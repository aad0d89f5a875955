import type { Rule } from '@drawbridge/protocol'
import type { Report } from '../../config/mistake.ts'
import { at } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import type { AssociatedApp } from '../policy-source.ts'

/** Evidence of the device is what apps have; mini programs have none. */
const WITHOUT_EVIDENCE = 'mp-weixin'

/** Warns of rules that admit nobody, although each is well written. `apps` undefined: not known here. */
export function warnOfRules(
  list: readonly Rule[],
  place: Place,
  report: Report,
  apps?: readonly Pick<AssociatedApp, 'appId'>[],
): void {
  for (const [index, { appId, platform, minLevel = 0, fresh = false }] of list.entries()) {
    if (platform?.toLowerCase() === WITHOUT_EVIDENCE && (minLevel > 0 || fresh))
      report('RULE_NEVER_MET', at(place, index), { platform, asked: minLevel > 0 ? 'minLevel' : 'fresh' })
    if (apps && appId !== undefined && !apps.some((app) => app.appId === appId))
      report('SECURE_RULE_APP_UNKNOWN', at(place, index, 'appId'), { appId })
  }
}
