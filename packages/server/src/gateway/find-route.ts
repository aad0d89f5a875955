import { DrawbridgeError } from '@drawbridge/protocol'
import type { GatewayRoute } from './gateway-config.ts'
import { gatewayMethods } from './gateway-config.ts'
import { invalidRequest } from './invalid-request.ts'
import { isPlainPath } from './is-plain-path.ts'
import { compilePattern } from './route-pattern.ts'
import type { RoutePattern } from './route-pattern.ts'

/** What a client wants: a method in capitals and a path without a query. */
export interface RouteQuestion {
  readonly spaceId: string
  readonly method: string
  readonly path: string
}

/** Finds the one route of a request. */
export type FindRoute = (question: RouteQuestion) => GatewayRoute

/**
 * The first pattern that the path resembles decides, and of the routes with that very pattern the one that takes the
 * method: nothing slips by to a route with a weaker policy. Throws `GATEWAY_REQUEST_INVALID` for a path that could mean
 * several things, `GATEWAY_ROUTE_UNKNOWN`, `GATEWAY_METHOD_REFUSED`.
 */
export function createFindRoute(routes: readonly GatewayRoute[]): FindRoute {
  const rows = routes.flatMap((route) => {
    const pattern = compilePattern(route.path)
    return pattern ? [{ route, pattern }] : []
  })
  return ({ spaceId, method, path }) => {
    if (!isPlainPath(path)) throw invalidRequest('path', 'could mean more than one')
    const own = rows.filter(({ route }) => route.spaceId === undefined || route.spaceId === spaceId)
    const first = own.find(({ pattern }) => pattern.resembles(path))
    if (!first?.pattern.matches(path)) throw new DrawbridgeError('GATEWAY_ROUTE_UNKNOWN')
    return byMethod(
      own.filter(({ route }) => route.path === first.route.path),
      method,
    )
  }
}

function byMethod(rows: readonly { route: GatewayRoute; pattern: RoutePattern }[], method: string): GatewayRoute {
  const found = rows.find(({ route }) => methodsOf(route).includes(method))
  if (found) return found.route
  const allowed = [...new Set(rows.flatMap(({ route }) => methodsOf(route)))]
  throw new DrawbridgeError('GATEWAY_METHOD_REFUSED', { allowed: allowed.join(', ') })
}

function methodsOf({ methods }: GatewayRoute): readonly string[] {
  return methods ?? gatewayMethods
}
