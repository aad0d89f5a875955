import type { ErrorCode, SecretType } from '@drawbridge/protocol'
import { secretTypes } from '@drawbridge/protocol'
import type { CallSource } from '@drawbridge/runtime'
import { guardRoute } from '../../gateway/guard-route.ts'
import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { ClientProof } from '../client-proof.ts'
import { judge } from '../judge.ts'
import type { JudgedCall } from '../judge.ts'
import type { Policy } from '../policy-source.ts'
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
  /** Proven, or as claimed where `proven` is false. */
  readonly proven: boolean
  readonly appId: string
  readonly platform: string
  readonly version: string
  readonly secretType: string
  readonly how: string
  readonly calls: number
  /** How many of them were refused when they were made. */
  readonly refusedThen: number
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
  /** The refused, most calls first. */
  readonly rows: readonly DryRunRow[]
}

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
  const rows = new Map<string, { -readonly [Key in keyof DryRunRow]: DryRunRow[Key] }>()
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
      const row = { ...why, ...callerOf(call) }
      const key = JSON.stringify(row)
      const same = rows.get(key) ?? { ...row, calls: 0, refusedThen: 0 }
      same.calls += count
      if (wasRefused) same.refusedThen += count
      rows.set(key, same)
    }
  }
  return { ...counts, rows: [...rows.values()].sort((a, b) => b.calls - a.calls) }
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
    // Of proven callers it is kept only whether they said it.
    osName: evidence['lacksOsName'] === true ? '' : proof ? 'kept' : textOf(evidence, 'osName'),
    deviceId: evidence['lacksDeviceId'] === true ? '' : 'kept',
  }
  return { target, args: {}, facts: { source, clientInfo: said }, proof }
}

const sources: readonly CallSource[] = ['client', 'http', 'timing', 'function', 'server']
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

function callerOf({
  spaceId,
  target,
  evidence,
}: KeptCall): Omit<DryRunRow, 'code' | 'reason' | 'rule' | 'calls' | 'refusedThen'> {
  return {
    functionName: target.startsWith('h:') ? target : functionNameOf(spaceId, target),
    target,
    source: textOf(evidence, 'source'),
    proven: evidence['proven'] === true,
    appId: textOf(evidence, 'appId'),
    platform: textOf(evidence, 'platform') || textOf(evidence, 'uniPlatform') || textOf(evidence, 'osName'),
    version: textOf(evidence, 'version'),
    secretType: textOf(evidence, 'secretType'),
    how: textOf(evidence, 'how'),
  }
}

function textOf(evidence: KeptCall['evidence'], name: string): string {
  const value = evidence[name]
  return typeof value === 'string' ? value : ''
}
