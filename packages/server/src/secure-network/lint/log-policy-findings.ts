import type { FunctionHost } from '../../functions/function-host.ts'
import type { Log } from '../../log/create-log.ts'
import type { PolicyStore } from '../policy/create-policy-store.ts'
import { checkPolicy } from './check-policy.ts'

/** Whose policies are looked at. */
export interface PoliciesAtStart {
  readonly spaceIds: readonly string[]
  readonly host: Pick<FunctionHost, 'list'>
  readonly policies: Pick<PolicyStore, 'show'>
  /** Names of the gateway's routes. */
  readonly routes: readonly string[]
}

/** Writes into the log which rules and policies do not do what they seem to; for when a server starts. */
export function logPolicyFindings(log: Pick<Log, 'warn'>, { spaceIds, host, policies, routes }: PoliciesAtStart): void {
  for (const spaceId of spaceIds) {
    const state = shown(policies, spaceId)
    if (!state) continue
    const { mode, rules } = state
    for (const finding of checkPolicy({ functions: host.list(spaceId), rules, routes, mode })) {
      const { code, functionName, en, remedyEn, remedyZh } = finding
      log.warn('policy without effect', {
        spaceId,
        name: functionName,
        code,
        message: en,
        remedy: remedyEn,
        remedyZh,
      })
    }
  }
}

/** Undefined: it cannot be read, which is told when it is tried. */
function shown(policies: PoliciesAtStart['policies'], spaceId: string): ReturnType<PolicyStore['show']> | undefined {
  try {
    return policies.show(spaceId)
  } catch {
    return undefined
  }
}
