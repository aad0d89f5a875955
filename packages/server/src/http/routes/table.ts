import type { Bridge } from '@drawbridge/bridge'
import type { Audit } from '../../audit/create-audit.ts'
import type { Callers } from '../../callers/create-callers.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import type { Metrics } from '../../metrics/create-metrics.ts'
import { createCredentialActs } from '../credential-acts.ts'
import { openapiDocument } from '../openapi-document.ts'
import type { Route } from '../route.ts'
import { adminRoutes } from './admin-routes.ts'
import { credentialRoutes } from './credential-routes.ts'
import { listRoutes } from './list-routes.ts'
import { operationsRoutes } from './operations-routes.ts'
import { uniOpenBridgeRoutes } from './uni-open-bridge-routes.ts'

/** What the routes are made of. */
export interface RouteDeps {
  readonly config: Pick<ServerConfig, 'production' | 'callers'>
  readonly bridge: Bridge
  readonly callers: Callers
  readonly audit: Audit
  readonly metrics: Metrics
  readonly now: () => number
  readonly isStopping: () => boolean
}

/** Every route of the server, documented and served from the same rows. */
export function routeTable({ config, bridge, callers, audit, metrics, now, isStopping }: RouteDeps): readonly Route[] {
  const acts = createCredentialActs({ bridge, audit, metrics })
  const { production } = config
  const { s2s } = config.callers
  const acceptsUnsignedValue = s2s?.type === 'sign' ? (s2s.allowUnsignedValue ?? !production) : false
  let document: object | undefined

  const rows: readonly Route[] = [
    ...uniOpenBridgeRoutes({ bridge, acts, acceptsUnsignedValue }),
    ...credentialRoutes({ acts, apps: bridge.apps }),
    ...listRoutes({ bridge, now }),
    ...adminRoutes({ tokens: callers.tokens, audit, now }),
    ...operationsRoutes({
      bridge,
      audit,
      metrics,
      production,
      isStopping,
      document: () => (document ??= openapiDocument(rows)),
    }),
  ]
  return rows
}
