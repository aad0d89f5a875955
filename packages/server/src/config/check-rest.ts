import { checkRuleSet } from '../secure-network/policy/check-rule-set.ts'
import { checkBindings } from './check-bindings.ts'
import { checkRoute } from './check-route.ts'
import type { Report } from './mistake.ts'
import { at, elements } from './place.ts'
import type { Place } from './place.ts'

/**
 * Of a file that does not fit its schema, so that nothing is read of it: what is wrong besides in rules, apps and routes.
 * Else the next mistake would only be told when the first is mended.
 */
export function checkRest(file: Place, report: Report): void {
  checkBindings(at(file, 'secureNetwork', 'apps'), report)
  checkRuleSet(at(file, 'secureNetwork', 'rules'), report)
  for (const route of elements(at(file, 'gateway', 'routes'))) checkRoute(route, report)
}
