import { findRule } from '@drawbridge/protocol'
import type { Policy } from '../secure-network/policy-source.ts'
import type { GatewayRoute } from './gateway-config.ts'

/**
 * The policy under which a call of a route is judged: the route's own list, else what the space's rules say of
 * `h:name`, or of `*`. A route that takes no plain calls is guarded in any case, and so is what is no route at all.
 */
export function guardRoute(policy: Policy, route: GatewayRoute | undefined): Policy {
  if (!route) return { ...policy, guards: 'all', rules: {} }
  const { plain } = route
  const name = `h:${route.name}`
  const list = route.policy ?? findRule(policy.rules, name)?.list
  const guards = plain === 'allow' ? policy.guards : 'all'
  // Paths are the client's to choose: of the space's rules none but those found above is about them.
  return { ...policy, guards, rules: list ? { [name]: list } : {}, route: { name, plain } }
}
