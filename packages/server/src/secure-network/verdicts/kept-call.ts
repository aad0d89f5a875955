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

/** What of the evidence tells callers apart for a policy. */
const TELLING = [
  'source',
  'proven',
  'appId',
  'platform',
  'version',
  'level',
  'secretType',
  'fresh',
  'how',
  'uniPlatform',
  'osName',
  'lacksOsName',
  'lacksDeviceId',
] as const

/** What is kept of a verdict for counting. A route is kept by its name: paths hold what users are called. */
export function keptCall(verdict: Verdict, nameOf: NameOf = functionNameOf): KeptCall {
  const { spaceId, wire, target, outcome, code, byPolicy, evidence } = verdict
  const telling = TELLING.filter((name) => evidence[name] !== undefined).map((name) => [name, evidence[name]] as const)
  return {
    spaceId,
    wire,
    target: target.startsWith('h:') ? nameOf(spaceId, target) : target,
    outcome,
    ...(code && { code }),
    byPolicy: byPolicy === true,
    evidence: Object.fromEntries(telling) as Verdict['evidence'],
  }
}

/** The same call with all that a stranger can vary left out. */
export function blurredCall({ evidence, ...call }: KeptCall): KeptCall {
  const { source = 'client', proven = false } = evidence
  return { ...call, target: ANY_TARGET, evidence: { source, proven } }
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
