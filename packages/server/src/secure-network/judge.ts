import { findRule, matchRule } from '@drawbridge/protocol'
import type { ErrorCode, MatchedRule, RuleCaller, RuleRefusal, RuleVerdict } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { findBinding } from './bindings.ts'
import type { ClientProof } from './client-proof.ts'
import { unreadablePolicy } from './policy/unreadable-policy.ts'
import type { Policy, UnprovenSource } from './policy-source.ts'
import type { OpenedCall } from './admitted-call.ts'
import { targetText } from './target.ts'
import type { Target } from './target.ts'
import { verdictReasons } from './verdict-reasons.ts'

/** What a policy says of a call. `rule`: the key and number of the rule that decided, from 1: `pay, transfer #2`. */
export type Judgement =
  | { readonly outcome: 'admitted'; readonly rule?: string }
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly reason: string; readonly rule?: string }

/** What of a call is judged. The wire matters where it is `files`. */
export interface JudgedCall extends Pick<OpenedCall, 'target' | 'args' | 'proof'>, Partial<Pick<OpenedCall, 'wire'>> {
  readonly facts: Pick<OpenedCall['facts'], 'source' | 'clientInfo'>
}

/**
 * May this call run? A pure function of the call and the policy; in every mode but `off` it says the same, but for the
 * words in which a route refuses plain calls. Those it refuses in every mode.
 */
export function judge(call: JudgedCall, policy: Policy): Judgement {
  const { proof, facts } = call
  if (policy.mode !== 'enforce' && isPlainRefused(call, policy))
    return refused('ENVELOPE_REQUIRED', verdictReasons.plainRoute.reason)
  if (policy.mode === 'off') return ADMITTED
  const foreign = proof && strangeness(proof, policy)
  if (foreign) return foreign
  const matched = findRule(policy.rules, guardedName(call.target, policy))
  if (!matched && policy.guards !== 'all') return ADMITTED
  const source = sourceOf(call)
  if (source !== 'client') return judgeSource(source, policy, matched)
  if (isHandshake(call)) return ADMITTED
  if (!proof) return judgePlain(facts.clientInfo, policy, matched)
  if (text(facts.clientInfo, 'osName') === '') return refused('OS_NAME_MISSING', 'clientInfo has no osName', matched)
  return matched ? judgeRule(call.target, policy, proof) : ADMITTED
}

/** Whether it is plain and for a route that takes no such call, whatever the mode. */
export function isPlainRefused({ proof }: Pick<JudgedCall, 'proof'>, { route }: Policy): boolean {
  return !proof && route?.plain === 'refuse'
}

/** Under which name the rules know a target. Methods of an object are guarded as one. */
function guardedName(target: Target, { route }: Policy): string {
  return target.kind === 'route' ? (route?.name ?? targetText(target)) : target.name
}

/** A proof by an app that is not in the applications list, or on a wire that is closed. */
function strangeness(proof: ClientProof, { apps, legacyWire }: Policy): Judgement | undefined {
  const { appId, platform, wxAppid, how } = proof
  if (how !== 'envelope' && !legacyWire) return refused('ENVELOPE_REJECTED', verdictReasons.legacyOff.reason)
  const binding = findBinding(apps, { appId, platform, id: wxAppid })
  return 'code' in binding ? refused(binding.code, strangerReasons[binding.code]) : undefined
}

/** Where a call comes from, as policies tell sources apart. */
export function sourceOf({ wire, facts }: Pick<JudgedCall, 'wire' | 'facts'>): UnprovenSource | 'client' {
  return wire === 'files' ? 'files' : facts.source
}

/** Such calls prove nothing: what they may do is said for each source by itself. */
function judgeSource(source: UnprovenSource, { sources }: Policy, matched: MatchedRule | undefined): Judgement {
  if (sources[source] === 'allow') return ADMITTED
  return refused('ENVELOPE_REQUIRED', verdictReasons[source].reason, matched)
}

/**
 * The exchange that gives a mini program its session: before it there is no key to seal with. uniCloud's client sends
 * it plain whatever the rules say.
 */
function isHandshake({ target, args }: JudgedCall): boolean {
  const method = target.kind === 'object' ? target.method : args['method']
  return target.kind !== 'route' && target.name === 'uni-id-co' && method === 'secureNetworkHandshakeByWeixin'
}

/** Refused in any case: what the client says of itself decides only which code helps its developer most. */
function judgePlain(info: JsonObject, { apps }: Policy, matched: MatchedRule | undefined): Judgement {
  const [appId, osName] = [text(info, 'appId'), text(info, 'osName')]
  if (appId === '') return refused('APP_ID_MISSING', 'clientInfo has no appId', matched)
  if (text(info, 'deviceId') === '') return refused('DEVICE_ID_MISSING', 'clientInfo has no deviceId', matched)
  if (osName === '') return refused('OS_NAME_MISSING', 'clientInfo has no osName', matched)
  const uniPlatform = text(info, 'uniPlatform')
  const platform = uniPlatform === '' || uniPlatform === 'app' ? osName : uniPlatform
  const binding = findBinding(apps, { appId, platform })
  if ('code' in binding) return refused(binding.code, strangerReasons[binding.code], matched)
  return refused('ENVELOPE_REQUIRED', 'the call came plain, or sealed in a way that proves nothing', matched)
}

function judgeRule(target: Target, policy: Policy, proof: ClientProof): Judgement {
  const verdict = matchRule(policy.rules, guardedName(target, policy), ruleCaller(proof), 'policy')
  if (verdict.outcome === 'unguarded') return ADMITTED
  if (verdict.outcome === 'admitted')
    return { outcome: 'admitted', rule: `${verdict.matched.key} #${verdict.index + 1}` }
  return refused(verdict.code, verdictReasons[reasonNotMet(verdict, proof)].reason, verdict.matched)
}

function reasonNotMet(
  { matched, reason }: Extract<RuleVerdict, { outcome: 'refused' }>,
  { how }: ClientProof,
): RuleRefusal | 'unreadable' | 'legacy' {
  if (matched.list === unreadablePolicy) return 'unreadable'
  return how !== 'envelope' && unknownOfLegacy.has(reason) ? 'legacy' : reason
}

/**
 * The legacy wire authenticates neither what was encrypted nor the request as a whole, so it meets no rule that asks for
 * a secretType, a level or a fresh proof: those are for USN1.
 */
function ruleCaller({ appId, platform, version, level, secretType, fresh, how }: ClientProof): RuleCaller {
  const who = { appId, uniPlatform: platform, version }
  return how === 'envelope' ? { ...who, level, secretType, fresh } : who
}

function refused(code: ErrorCode, reason: string, matched?: MatchedRule): Judgement {
  return { outcome: 'refused', code, reason, ...(matched && { rule: matched.key }) }
}

function text(info: JsonObject, name: string): string {
  const value = info[name]
  return typeof value === 'string' ? value : ''
}

const ADMITTED: Judgement = { outcome: 'admitted' }

const strangerReasons = {
  APP_NOT_ASSOCIATED: 'the app is not in the applications list',
  PLATFORM_NOT_ASSOCIATED: 'the app is in the applications list, but not with this platform or binding',
} as const

/** What the legacy wire cannot show, whatever the client does. */
const unknownOfLegacy: ReadonlySet<RuleRefusal> = new Set<RuleRefusal>(['level', 'secretType', 'fresh'])
