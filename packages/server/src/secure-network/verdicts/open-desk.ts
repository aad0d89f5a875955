import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { Space } from '../../spaces/space.ts'
import type { PolicyStore } from '../policy/create-policy-store.ts'
import { folderPolicies } from '../policy/folder-policies.ts'
import { openPolicyStore } from '../policy/open-policy-store.ts'
import type { PolicySource } from '../policy-source.ts'
import type { Verdicts } from './create-verdicts.ts'
import { openVerdicts } from './open-verdicts.ts'

/** The operator's desk: policies and verdicts of the spaces, opened beside the servers that run on them. */
export interface SecureNetworkDesk {
  readonly spaces: readonly Space[]
  readonly policies: PolicyStore
  readonly verdicts: Verdicts
  /** The gateway's. */
  readonly routes: readonly GatewayRoute[]
  close(): Promise<void>
}

/** What a desk is opened with. */
export interface DeskDeps {
  readonly spaces: readonly Space[]
  /** The configuration's policies. */
  readonly base: PolicySource
  readonly policiesPath: string
  readonly verdictsPath: string
  /** The gateway's. */
  readonly routes?: readonly GatewayRoute[]
  readonly keepDays: number
  readonly maxRows: number
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Opens both stores without looking for changes; nothing stays open when it throws. Throws `STORE_UNAVAILABLE`. */
export async function openDesk(deps: DeskDeps): Promise<SecureNetworkDesk> {
  const { spaces, base, policiesPath, verdictsPath, keepDays, maxRows, routes = [], now, sleep } = deps
  const policies = await openPolicyStore({
    path: policiesPath,
    spaceIds: spaces.map(({ spaceId }) => spaceId),
    base,
    besideFunctions: folderPolicies(spaces),
    now,
    sleep,
    onEvent: () => undefined,
  })
  try {
    const verdicts = await openVerdicts({ path: verdictsPath, keepDays, maxRows, routes, now, sleep })
    return {
      spaces,
      policies,
      verdicts,
      routes,
      async close() {
        await verdicts.close()
        await policies.close()
      },
    }
  } catch (error) {
    await policies.close()
    throw error
  }
}
