import type { GatewayConfig, GatewayRoute } from '../gateway/gateway-config.ts'
import { routeDefaults } from '../gateway/gateway-config.ts'
import { compilePattern, coversPattern } from '../gateway/route-pattern.ts'
import type { SecureNetworkConfig } from '../secure-network/config-policies.ts'
import type { Space } from '../spaces/space.ts'
import { checkRoute } from './check-route.ts'
import type { GatewayInFile } from './gateway-schema.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'

const KEY_MIN_CHARS = 32

/** What the section is read with. */
interface GatewaySources {
  readonly spaces: readonly Pick<Space, 'spaceId'>[]
  readonly secureNetwork: Pick<SecureNetworkConfig, 'mode' | 'apps'>
  readonly secrets: SecretSources
  readonly report: Report
}

type RouteInFile = GatewayInFile['routes'][number]

/** The section `gateway`, at `place`; undefined where there is none, or its key is missing, which is reported. */
export function readGateway(
  says: GatewayInFile | undefined,
  place: Place,
  sources: GatewaySources,
): GatewayConfig | undefined {
  if (!says) return undefined
  const { secrets, report, spaces } = sources
  const signingKey = resolveSecret(says.signingKey, at(place, 'signingKey'), secrets, report)
  if (signingKey !== undefined && signingKey.length < KEY_MIN_CHARS) report('GATEWAY_KEY_WEAK', at(place, 'signingKey'))
  if (spaces.length === 0) report('GATEWAY_SPACES_NONE', place)
  const routes = says.routes.map((route, index) => readRoute(route, at(place, 'routes', index), sources))
  for (const [index, route] of routes.entries())
    checkOrder(route, routes.slice(0, index), at(place, 'routes', index), report)
  return signingKey === undefined ? undefined : { signingKey, routes }
}

function readRoute(says: RouteInFile, place: Place, { spaces, secureNetwork, report }: GatewaySources): GatewayRoute {
  const { space, stripPrefix = '', plain = 'refuse', responseHeaders = [], ...route } = says
  const { name, upstream, policy } = route
  checkRoute(place, report, secureNetwork.apps)
  if (space !== undefined && spaces.length > 0 && !spaces.some(({ spaceId }) => spaceId === space))
    report('GATEWAY_SPACE_UNKNOWN', at(place, 'space'), { spaceId: space })
  if (plain === 'refuse' && secureNetwork.mode === 'off') report('GATEWAY_SECURE_NETWORK_OFF', place, { name })
  if (plain === 'allow' && policy) report('GATEWAY_PLAIN_GUARDED', at(place, 'plain'), { name })
  if (route.webSocket === true && route.methods?.includes('GET') === false)
    report('GATEWAY_SOCKET_WITHOUT_GET', at(place, 'webSocket'), { name })
  return {
    ...routeDefaults,
    ...route,
    upstream: upstream.replace(/\/+$/, ''),
    stripPrefix,
    plain,
    responseHeaders: responseHeaders.map((header) => header.toLowerCase()),
    ...(space !== undefined && { spaceId: space }),
  }
}

function checkOrder(route: GatewayRoute, before: readonly GatewayRoute[], place: Place, report: Report): void {
  const { name } = route
  if (before.some((other) => other.name === name)) report('GATEWAY_ROUTE_REPEATED', at(place, 'name'), { name })
  const hidden = before.find((other) => hides(other, route))
  if (hidden) report('GATEWAY_ROUTE_HIDDEN', place, { name, other: hidden.name })
}

/** Of one pattern, methods may be shared out; of two, the first takes all that both match. */
function hides(earlier: GatewayRoute, later: GatewayRoute): boolean {
  if (earlier.spaceId !== undefined && earlier.spaceId !== later.spaceId) return false
  if (!compilePattern(earlier.path) || !compilePattern(later.path)) return false
  if (earlier.path !== later.path) return coversPattern(earlier.path, later.path)
  const { methods: taken } = earlier
  return taken === undefined || (later.methods?.every((method) => taken.includes(method)) ?? false)
}
