import type { Bridge } from '@drawbridge/bridge'
import type { Audit } from '../../audit/create-audit.ts'
import type { Callers } from '../../callers/create-callers.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import type { FunctionHost } from '../../functions/function-host.ts'
import type { Metrics } from '../../metrics/create-metrics.ts'
import type { PolicyStore } from '../../secure-network/policy/create-policy-store.ts'
import type { Verdicts } from '../../secure-network/verdicts/create-verdicts.ts'
import type { Space } from '../../spaces/space.ts'
import { createCredentialActs } from '../credential-acts.ts'
import { openapiDocument } from '../openapi-document.ts'
import type { DocumentedRoute } from '../route.ts'
import { adminRoutes } from './admin-routes.ts'
import { credentialRoutes } from './credential-routes.ts'
import { functionRoutes } from './function-routes.ts'
import { listRoutes } from './list-routes.ts'
import { operationsRoutes } from './operations-routes.ts'
import { secureNetworkRoutes } from './secure-network-routes.ts'
import { uniOpenBridgeRoutes } from './uni-open-bridge-routes.ts'

/** What the routes are made of. */
export interface RouteDeps {
  readonly config: Pick<ServerConfig, 'production' | 'callers'>
  readonly bridge: Bridge
  readonly callers: Callers
  readonly audit: Audit
  readonly metrics: Metrics
  /** What runs functions, where this server runs any. */
  readonly functions?: FunctionHost | undefined
  readonly spaces?: readonly Space[] | undefined
  /** Client verification of the spaces, where this server has any. */
  readonly policies?: PolicyStore | undefined
  readonly verdicts?: Verdicts | undefined
  readonly now: () => number
  readonly isStopping: () => boolean
}

/** Every route of the server, documented and served from the same rows. */
export function routeTable({
  config,
  bridge,
  callers,
  audit,
  metrics,
  functions,
  spaces = [],
  policies,
  verdicts,
  now,
  isStopping,
}: RouteDeps): readonly DocumentedRoute[] {
  const acts = createCredentialActs({ bridge, audit, metrics })
  const { production } = config
  const { s2s } = config.callers
  const acceptsUnsignedValue = s2s?.type === 'sign' ? (s2s.allowUnsignedValue ?? !production) : false
  let document: object | undefined

  const rows: readonly DocumentedRoute[] = [
    ...uniOpenBridgeRoutes({ bridge, acts, acceptsUnsignedValue }),
    ...credentialRoutes({ acts, apps: bridge.apps }),
    ...listRoutes({ bridge, now }),
    ...adminRoutes({ tokens: callers.tokens, audit, now }),
    ...functionRoutes({ functions, spaces, now }),
    ...secureNetworkRoutes({ policies, verdicts, now }),
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
