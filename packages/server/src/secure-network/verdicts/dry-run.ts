import type { ErrorCode, SecretType } from '@drawbridge/protocol'
import { secretTypes } from '@drawbridge/protocol'
import { guardRoute } from '../../gateway/guard-route.ts'
import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { ClientProof } from '../client-proof.ts'
import { judge } from '../judge.ts'
import type { JudgedCall } from '../judge.ts'
import type { Policy, UnprovenSource } from '../policy-source.ts'
import type { Target } from '../target.ts'
import { functionNameOf, keptTarget } from './kept-call.ts'
import type { KeptCall } from './kept-call.ts'
import type { CallTally } from './verdict-store.ts'

/** Calls of one kind that a policy would refuse, and what became of them when they were made. */
export interface DryRunRow {
  readonly functionName: string
  readonly target: string
  readonly source: string
  readonly code: ErrorCode
  readonly reason: string
  readonly rule?: string
  /** Where false, `appId` and `platform` are claimed, and kept only where the applications list has them. */
  readonly proven: boolean
  readonly appId: string
  readonly platform: string
  readonly version: string
  readonly secretType: string
  readonly how: string
  readonly calls: number
  /** How many of them were refused when they were made. */
  readonly refusedThen: number
  /** How many apps that are not in the applications list were claimed, as far as they were told apart. */
  readonly unknownApps?: number
}

/** What a policy would have done with calls that were made. */
export interface DryRunReport {
  readonly calls: number
  readonly admitted: number
  /** Would be refused by the policy. */
  readonly refused: number
  /** Of these, how many went through when they were made. */
  readonly newlyRefused: number
  /** Were refused when they were made, and would go through. */
  readonly newlyAdmitted: number
  /** Were refused before the policy: damaged, replayed, without a key. They stay refused. */
  readonly refusedBefore: number
  /** Came in too many shapes to be kept apart; nothing can be said of them. */
  readonly unclear: number
  /** The refused, most calls first; at most 500. */
  readonly rows: readonly DryRunRow[]
  /** How many rows there are besides. */
  readonly rowsLeftOut: number
}

const ROWS_MAX = 500

type Row = { -readonly [Key in keyof DryRunRow]: DryRunRow[Key] }

/**
 * Holds calls that were made against a policy as if it had been enforced, by the same judgement as real calls. Of calls
 * only what a policy asks was kept, and of the binding of an app only which version it stood for.
 */
export function dryRun(
  tallies: readonly CallTally[],
  policy: Policy,
  routes: readonly GatewayRoute[] = [],
): DryRunReport {
  const enforced: Policy = { ...policy, mode: 'enforce' }
  const counts = { calls: 0, admitted: 0, refused: 0, newlyRefused: 0, newlyAdmitted: 0, refusedBefore: 0, unclear: 0 }
  const rows = new Map<string, { readonly row: Row; readonly unknownApps: Set<string> }>()
  for (const { call, count } of tallies) {
    counts.calls += count
    const route = routes.find(({ name }) => call.target === `h:${name}`)
    const judged = judgedCall(call, route ? SOME_PATH : keptTarget(call.target))
    if (!call.byPolicy) counts.refusedBefore += count
    else if (!judged) counts.unclear += count
    else {
      const judgement = judge(judged, route ? guardRoute(enforced, route) : enforced)
      const wasRefused = call.outcome === 'refused'
      if (judgement.outcome === 'admitted') {
        counts.admitted += count
        if (wasRefused) counts.newlyAdmitted += count
        continue
      }
      counts.refused += count
      if (!wasRefused) counts.newlyRefused += count
      const { outcome: _outcome, ...why } = judgement
      const { unknownApp, ...caller } = callerOf(call, policy)
      const key = JSON.stringify([why, caller])
      const same = rows.get(key) ?? {
        row: { ...why, ...caller, calls: 0, refusedThen: 0 },
        unknownApps: new Set<string>(),
      }
      same.row.calls += count
      if (wasRefused) same.row.refusedThen += count
      if (unknownApp !== undefined) same.unknownApps.add(unknownApp)
      rows.set(key, same)
    }
  }
  const sorted = [...rows.values()]
    .map(({ row, unknownApps }) => (unknownApps.size === 0 ? row : { ...row, unknownApps: unknownApps.size }))
    .sort((a, b) => b.calls - a.calls)
  return { ...counts, rows: sorted.slice(0, ROWS_MAX), rowsLeftOut: Math.max(0, sorted.length - ROWS_MAX) }
}

/** Of a route's call the route is kept, and not the path; which one it was decides nothing. */
const SOME_PATH = { kind: 'route', method: 'GET', path: '/' } as const

/** A call as far as it is judged; undefined where too little of it was kept. */
function judgedCall({ evidence }: KeptCall, target: Target | undefined): JudgedCall | undefined {
  const source = sources.find((each) => each === evidence['source'])
  if (!target || !source) return undefined
  const proof = evidence['proven'] === true ? keptProof(evidence) : undefined
  if (evidence['proven'] === true && !proof) return undefined
  const said = {
    appId: textOf(evidence, 'appId'),
    uniPlatform: textOf(evidence, 'uniPlatform'),
    // It is kept only whether it was said; where it decides, it is the platform.
    osName: evidence['lacksOsName'] === true ? '' : textOf(evidence, 'osName') || 'kept',
    deviceId: evidence['lacksDeviceId'] === true ? '' : 'kept',
  }
  const call = { target, args: {}, proof }
  if (source === 'files') return { ...call, wire: 'files', facts: { source: 'client', clientInfo: said } }
  return { ...call, facts: { source, clientInfo: said } }
}

const sources: readonly (UnprovenSource | 'client')[] = ['client', 'http', 'timing', 'function', 'server', 'files']
const hows: readonly ClientProof['how'][] = ['envelope', 'legacy-content', 'legacy-signature']
const levels: readonly ClientProof['level'][] = [0, 1, 2, 3]

function keptProof(evidence: KeptCall['evidence']): ClientProof | undefined {
  const secretType = secretTypes.find((each: SecretType) => each === evidence['secretType'])
  const how = hows.find((each) => each === evidence['how'])
  const level = levels.find((each) => each === evidence['level'])
  if (secretType === undefined || how === undefined || level === undefined) return undefined
  return {
    appId: textOf(evidence, 'appId'),
    platform: textOf(evidence, 'platform'),
    version: evidence['version'] === 'production' ? 'production' : 'development',
    deviceId: '',
    level,
    secretType,
    fresh: evidence['fresh'] === true,
    how,
  }
}

/** Who called, as far as he has proved it; of what he only claims, what is ours already. */
function callerOf(
  { spaceId, target, evidence }: KeptCall,
  { apps }: Policy,
): Omit<DryRunRow, 'code' | 'reason' | 'rule' | 'calls' | 'refusedThen' | 'unknownApps'> & {
  readonly unknownApp?: string
} {
  const proven = evidence['proven'] === true
  const source = textOf(evidence, 'source')
  const appId = proven || source === 'client' ? textOf(evidence, 'appId') : ''
  const platform = textOf(evidence, proven ? 'platform' : 'uniPlatform')
  const own = apps.filter((app) => app.appId === appId)
  const isKnownApp = proven || own.length > 0
  const isKnownPlatform = proven || own.some((app) => app.platform.toLowerCase() === platform.toLowerCase())
  return {
    functionName: target.startsWith('h:') ? target : functionNameOf(spaceId, target),
    target,
    source,
    proven,
    appId: isKnownApp ? appId : '',
    platform: isKnownPlatform ? platform : '',
    version: textOf(evidence, 'version'),
    secretType: textOf(evidence, 'secretType'),
    how: textOf(evidence, 'how'),
    ...(appId !== '' && !isKnownApp && { unknownApp: appId }),
  }
}

function textOf(evidence: KeptCall['evidence'], name: string): string {
  const value = evidence[name]
  return typeof value === 'string' ? value : ''
}
