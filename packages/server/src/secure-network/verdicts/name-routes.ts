import { createFindRoute } from '../../gateway/find-route.ts'
import { gatewayMethods } from '../../gateway/gateway-config.ts'
import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import { ANY_TARGET, functionNameOf, keptTarget } from './kept-call.ts'
import type { NameOf } from './kept-call.ts'

/** Names targets as rules do, routes of the gateway included. What is no route is `*`. */
export function nameRoutes(routes: readonly GatewayRoute[]): NameOf {
  const findRoute = createFindRoute(routes)
  return (spaceId, written) => {
    const target = keptTarget(written)
    if (target?.kind !== 'route') return functionNameOf(spaceId, written)
    const { method, path } = target
    const [pathAlone = path] = path.split('?', 1)
    try {
      return `h:${findRoute({ spaceId, method, path: pathAlone }).name}`
    } catch {
      return ANY_TARGET
    }
  }
}

/**
 * What is kept of a target: of a route its name, of a path that is none the method alone, for paths and queries hold what
 * users are called and their tokens. @param functionName as `nameRoutes` has it
 */
export function storedTarget(target: string, functionName: string): string {
  if (!target.startsWith('h:')) return target
  if (functionName !== ANY_TARGET) return functionName
  return `h:${gatewayMethods.find((method) => target.startsWith(`h:${method} `)) ?? ''}`
}
