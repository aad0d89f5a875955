import type { FunctionHost } from '../../functions/function-host.ts'
import type { Log } from '../../log/create-log.ts'
import type { PolicyStore } from '../policy/create-policy-store.ts'
import type { AssociatedApp } from '../policy-source.ts'
import { checkPolicy } from './check-policy.ts'
import type { LintFinding } from './lint-finding.ts'

/** Whose policies are looked at. */
export interface PolicyCheckDeps {
  readonly log: Pick<Log, 'warn'>
  readonly host: Pick<FunctionHost, 'list'>
  readonly policies: Pick<PolicyStore, 'show'>
  /** Names of the gateway's routes. */
  readonly routes: readonly string[]
  /** Those that may come; undefined: not known. */
  readonly apps?: readonly AssociatedApp[]
}

/**
 * Makes what writes into the log which rules and policies of a space do not do what they seem to: when a server starts,
 * and whenever code or policy is new. What was told stays untold until it is gone and comes again.
 */
export function createPolicyCheck({ log, host, policies, routes, apps }: PolicyCheckDeps): (spaceId: string) => void {
  const told = new Map<string, ReadonlySet<string>>()
  return (spaceId) => {
    const state = shown(policies, spaceId)
    if (!state) return
    const { mode, rules, origin } = state
    const subject = { functions: host.list(spaceId), rules, routes, mode, ...(apps && { apps }) }
    const findings = checkPolicy(subject, { rulesRead: origin === 'configuration' })
    for (const { code, functionName, en, remedyEn, remedyZh } of findings.filter(
      (one) => !told.get(spaceId)?.has(keyOf(one)),
    ))
      log.warn('policy without effect', {
        spaceId,
        name: functionName,
        code,
        message: en,
        remedy: remedyEn,
        remedyZh,
      })
    told.set(spaceId, new Set(findings.map(keyOf)))
  }
}

function keyOf({ code, functionName, en }: LintFinding): string {
  return JSON.stringify([code, functionName, en])
}

/** Undefined: it cannot be read, which is told when it is tried. */
function shown(policies: PolicyCheckDeps['policies'], spaceId: string): ReturnType<PolicyStore['show']> | undefined {
  try {
    return policies.show(spaceId)
  } catch {
    return undefined
  }
}
