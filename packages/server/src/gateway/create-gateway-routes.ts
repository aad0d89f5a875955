import type { ClientRoute } from '../http/route.ts'
import { createStreamRoute } from './create-stream-route.ts'
import type { StreamRouteDeps } from './create-stream-route.ts'
import { createSocketRoute } from './socket/create-socket-route.ts'
import type { SocketRouteDeps } from './socket/create-socket-route.ts'

/** What the gateway's own routes are made of; without `sleep` there are no sockets. */
export type GatewayRoutesDeps = StreamRouteDeps &
  Omit<SocketRouteDeps, 'sleep'> &
  Partial<Pick<SocketRouteDeps, 'sleep'>>

/** `/v1/stream`, and `/v1/socket` where a backend takes sockets. */
export function createGatewayRoutes({ sleep, ...deps }: GatewayRoutesDeps): readonly ClientRoute[] {
  const hasSockets = sleep && deps.gateway.socketBodyMaxBytes !== undefined
  return [createStreamRoute(deps), ...(hasSockets ? [createSocketRoute({ ...deps, sleep })] : [])]
}
