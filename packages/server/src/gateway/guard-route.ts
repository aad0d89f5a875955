import { findRule } from '@drawbridge/protocol'
import type { Policy } from '../secure-network/policy-source.ts'
import { targetText } from '../secure-network/target.ts'
import type { Target } from '../secure-network/target.ts'
import type { GatewayRoute } from './gateway-config.ts'

type RouteTarget = Extract<Target, { readonly kind: 'route' }>

/**
 * The policy under which a call of a route is judged: the route's own list, else what the space's rules say of
 * `h:name`, or of `*`. A route that takes no plain calls is guarded in any case, and so is what is no route at all.
 */
export function guardRoute(policy: Policy, target: RouteTarget, route: GatewayRoute | undefined): Policy {
  const list = route?.policy ?? (route && findRule(policy.rules, `h:${route.name}`)?.list)
  const guards = route?.plain === 'allow' ? policy.guards : 'all'
  // Paths are the client's to choose: of the space's rules none but those found above is about them.
  return { ...policy, guards, rules: list ? { [targetText(target)]: list } : {} }
}
