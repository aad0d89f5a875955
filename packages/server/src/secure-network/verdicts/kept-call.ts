import { errorTable } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import { readTarget } from '../target.ts'
import type { Target } from '../target.ts'
import type { Verdict } from '../verdict.ts'

/**
 * What is kept of calls that are counted together: what a policy is decided on, and what was decided. No user, no
 * device, no address, no data.
 */
export interface KeptCall extends Pick<Verdict, 'spaceId' | 'wire' | 'target' | 'outcome' | 'code' | 'evidence'> {
  /** Whether the policy decided; else the call was refused before. */
  readonly byPolicy: boolean
}

/** The target of calls that came in more shapes than are told apart. */
export const ANY_TARGET = '*'

/** The app of calls without proof whose names were too many to be kept. */
export const ANY_APP = '?'

/** What of the evidence tells callers apart for a policy. */
const TELLING = ['platform', 'version', 'level', 'secretType', 'fresh', 'how', 'lacksOsName', 'lacksDeviceId'] as const

/** The method that is open before anybody has a key, and is judged apart from its object. */
const HANDSHAKE = 'o:uni-id-co/secureNetworkHandshakeByWeixin'

/** What is kept of a verdict for counting. A route is kept by its name: paths hold what users are called. */
export function keptCall(verdict: Verdict, nameOf: NameOf = functionNameOf): KeptCall {
  const { spaceId, wire, target, outcome, code, byPolicy = false, evidence } = verdict
  const { source = 'client', proven = false } = evidence
  const told = { spaceId, wire, outcome, ...(code && { code }), byPolicy }
  // No policy is asked about what was refused before it, and strangers choose what it says.
  if (!byPolicy) return { ...told, target: ANY_TARGET, evidence: { source, proven } }
  const isProven = proven === true
  return {
    ...told,
    target: target.startsWith('h:') ? nameOf(spaceId, target) : isProven ? target : guardedTarget(target),
    evidence: { source, proven, ...(isProven ? provenPart(evidence) : claimedPart(evidence)) },
  }
}

function provenPart(evidence: Verdict['evidence']): Verdict['evidence'] {
  const entries = (['appId', ...TELLING] as const).flatMap((name) => {
    const value = evidence[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Of what a caller only says of himself: what chooses between the codes with which he is refused. */
function claimedPart(evidence: Verdict['evidence']): Verdict['evidence'] {
  const { source = 'client', appId, uniPlatform = '', osName, lacksOsName, lacksDeviceId } = evidence
  if (source !== 'client' || appId === undefined) return {}
  const platform = uniPlatform === '' || uniPlatform === 'app' ? osName : uniPlatform
  return {
    appId,
    ...(platform !== undefined && { uniPlatform: platform }),
    ...(lacksOsName === true && { lacksOsName }),
    ...(lacksDeviceId === true && { lacksDeviceId }),
  }
}

/** Methods of an object are guarded as one; who proves nothing invents as many as he likes. */
function guardedTarget(target: string): string {
  const read = keptTarget(target)
  return read?.kind === 'object' && target !== HANDSHAKE ? `o:${read.name}/` : target
}

/** The names that nobody has to prove: the server knows them by itself. */
export interface KnownNames {
  /** A function, or an object of the server's own. */
  isFunction(spaceId: string, name: string): boolean
  /** An app of the applications list on one of its platforms; any of them where none is said. */
  isApp(appId: string, platform: string | undefined): boolean
}

/** Whether a stranger may have invented what the call is told apart by. */
export function isInvented(call: KeptCall, known: KnownNames): boolean {
  const { proven, appId, uniPlatform } = call.evidence
  if (proven === true) return false
  if (!isKnownTarget(call, known)) return true
  return appId !== undefined && !known.isApp(String(appId), uniPlatform === undefined ? undefined : String(uniPlatform))
}

/**
 * The same call with all that a stranger can vary left out: a function that there is stays, since who calls it without
 * proof is judged alike whatever he says.
 */
export function blurredCall(call: KeptCall, known?: KnownNames): KeptCall {
  const { source = 'client', proven = false } = call.evidence
  const evidence = { source, proven, ...(proven !== true && { appId: ANY_APP }) }
  return {
    ...call,
    target: proven !== true && known && isKnownTarget(call, known) ? call.target : ANY_TARGET,
    evidence,
  }
}

function isKnownTarget({ spaceId, target }: KeptCall, { isFunction }: KnownNames): boolean {
  // Routes are known, or are kept without a name.
  if (target === ANY_TARGET || target.startsWith('h:')) return true
  return isFunction(spaceId, functionNameOf(spaceId, target))
}

/** What rules of a space call a target as verdicts have it: `name`, `h:name`, or `*` for what they cannot name. */
export type NameOf = (spaceId: string, target: string) => string

/** The name of a function or object; routes have none here. */
export function functionNameOf(_spaceId: string, target: string): string {
  const read = keptTarget(target)
  return read === undefined || read.kind === 'route' ? ANY_TARGET : read.name
}

/** The target of a verdict, an object without a method included; undefined for what is none. */
export function keptTarget(target: string): Target | undefined {
  const [, name] = /^o:([^/]+)\/$/.exec(target) ?? []
  return name === undefined ? readTarget(target) : { kind: 'object', name, method: '' }
}

/** Whether a word is one of our error codes. */
export function isErrorCode(word: string): word is ErrorCode {
  return Object.hasOwn(errorTable, word)
}
