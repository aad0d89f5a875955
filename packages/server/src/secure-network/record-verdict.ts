import type { ErrorCode } from '@drawbridge/protocol'
import type { ClientProof } from './client-proof.ts'
import type { ReceivedCall } from './admitted-call.ts'
import { sourceOf } from './judge.ts'
import { targetText } from './target.ts'
import type { Verdict, VerdictSink } from './verdict.ts'

const TARGET_MAX_CHARS = 256
const EVIDENCE_MAX_CHARS = 128

/** What was decided, and about what. */
export interface Decided {
  readonly at: number
  readonly call: Pick<ReceivedCall, 'wire' | 'space' | 'facts'> & {
    readonly target: ReceivedCall['target'] | string
    readonly proof?: ClientProof | undefined
  }
  readonly outcome: Verdict['outcome']
  readonly code?: ErrorCode
  readonly reason?: string
  readonly rule?: string
  /** It came as far as the policy, which asks for more than its proof shows. */
  readonly byPolicy?: true
  /** What the sender says of himself where nothing has proved it. */
  readonly claimed?: Verdict['evidence']
}

/** Tells the sink; evidence says whether it is proven. */
export function recordVerdict(sink: VerdictSink, { call, claimed, ...decided }: Decided): void {
  const { wire, space, facts, target, proof } = call
  sink.record({
    ...decided,
    requestId: facts.requestId,
    spaceId: space.spaceId,
    wire,
    target: boundedTarget(typeof target === 'string' ? target : targetText(target)),
    evidence: bounded({
      source: sourceOf(call),
      ...(proof ? provenBy(proof) : { proven: false, ...(claimed ?? claimsOf(facts.clientInfo)) }),
      ...(decided.byPolicy && lacksOf(facts)),
      ...(facts.clientIp !== '' && { address: facts.clientIp }),
    }),
  })
}

/** A route's is whole: only the whole path tells which route it is, and no path is stored. */
function boundedTarget(target: string): string {
  return target.startsWith('h:') ? target : target.slice(0, TARGET_MAX_CHARS)
}

function bounded(evidence: Verdict['evidence']): Verdict['evidence'] {
  const entries = Object.entries(evidence)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, EVIDENCE_MAX_CHARS) : value]),
  )
}

function provenBy(proof: ClientProof): Verdict['evidence'] {
  const { appId, platform, version, level, secretType, fresh, how } = proof
  return { proven: true, appId, platform, version, level, secretType, fresh, how }
}

/** What a client did not say of itself and is asked for. */
function lacksOf({ source, clientInfo }: ReceivedCall['facts']): Verdict['evidence'] {
  if (source !== 'client') return {}
  const isThere = (name: string): boolean => typeof clientInfo[name] === 'string' && clientInfo[name] !== ''
  return {
    ...(!isThere('osName') && { lacksOsName: true }),
    ...(!isThere('deviceId') && { lacksDeviceId: true }),
  }
}

function claimsOf(info: ReceivedCall['facts']['clientInfo']): Verdict['evidence'] {
  const claims: Record<string, string> = {}
  for (const name of ['appId', 'uniPlatform', 'osName'] as const) {
    const value = info[name]
    if (typeof value === 'string' && value !== '') claims[name] = value
  }
  return claims
}
