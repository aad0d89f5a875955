import { DrawbridgeError, isSuiteSupported, openRequest } from '@drawbridge/protocol'
import type {
  KeyKind,
  KeySchedule,
  OpenedRequest,
  Primitives,
  ReceivedRequest,
  RequestHeader,
} from '@drawbridge/protocol'
import { releaseBytes } from '@drawbridge/protocol/node'
import type { JsonObject } from '@drawbridge/runtime'
import type { CallPath } from '../../calls/call-path.ts'
import type { Space } from '../../spaces/space.ts'
import type { ClientProof } from '../client-proof.ts'
import type { FoundKey, KeyFinder } from '../keys/key-finder.ts'
import { openedCall } from '../opened-call.ts'
import type { Policy } from '../policy-source.ts'
import { isRefused, refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { ReplayGuard } from '../replay/replay-guard.ts'
import { replayRefusal } from '../replay/replay-refusal.ts'
import type { OpenedCall } from '../admitted-call.ts'
import { agreeTarget } from './agree-target.ts'
import { callFacts } from './call-facts.ts'
import type { Sender } from './call-facts.ts'
import { checkTime } from './check-time.ts'
import { readSealedBody } from './sealed-body.ts'
import { refuseSuite } from './refuse-suite.ts'
import type { SealedBody } from './sealed-body.ts'
import { verdictReasons } from '../verdict-reasons.ts'

/** What envelopes are opened with. */
export interface EnvelopeDeps {
  readonly keys: Readonly<Record<KeyKind, KeyFinder>>
  readonly replay: ReplayGuard
  readonly path: Pick<CallPath, 'kindOf'>
  readonly primitives: Primitives
  readonly now: () => number
  /** ms since epoch; undefined: the replay guard outlives this process. */
  readonly bootedAt: number | undefined
}

/** An envelope and what is known of where it came from. */
export interface EnvelopeCall {
  readonly received: ReceivedRequest
  readonly space: Space
  readonly policy: Policy
  readonly sender: Sender
}

/** A request that was authentic: its reply is sealed, whatever becomes of it. */
export interface AuthenticRequest {
  readonly schedule: KeySchedule
  readonly request: OpenedRequest
  readonly proof: ClientProof
}

/** What became of an envelope. Without `authentic` the refusal goes out plain, with its code and nothing else. */
export type EnvelopeOutcome =
  | { readonly authentic: AuthenticRequest; readonly call: OpenedCall }
  | (Refused & { readonly authentic?: AuthenticRequest })
  | { readonly authentic: AuthenticRequest; readonly error: unknown }

/** The first stages, cheap refusals first: may it come at all, key, opening, agreement, time, replay. */
export async function openEnvelope(call: EnvelopeCall, deps: EnvelopeDeps): Promise<EnvelopeOutcome> {
  const { received, space, policy, sender } = call
  const { header } = received
  const finder = deps.keys[header.keyKind]
  const early = refuseEarly(header, policy, deps) ?? refuseSuite(header, policy, finder.platform)
  if (early) return early
  const found = finder.find({ header, space, policy, address: sender.clientIp })
  // A key that is at hand costs no turn of the event loop.
  const key = found instanceof Promise ? await found : found
  if (isRefused(key)) return key
  const unsuited = refuseSuite(header, policy, key.sender.platform)
  if (unsuited) return unsuited
  const request = openRequest(key.schedule, received)
  // Whatever was wrong: nobody is to learn it.
  if (!request) return refuse('ENVELOPE_REJECTED', verdictReasons.unopened.reason)
  const authentic = { schedule: key.schedule, request, proof: proofOf(header, key) }
  const outcome = await examine(call, authentic, deps)
  if (!key.onTaken || !('call' in outcome)) return outcome
  return key.onTaken().then(
    () => outcome,
    (error: unknown) => ({ authentic, error }),
  )
}

async function examine(call: EnvelopeCall, authentic: AuthenticRequest, deps: EnvelopeDeps): Promise<EnvelopeOutcome> {
  const { header } = authentic.request
  let opened: OpenedCall | Refused
  try {
    opened = agree(call, authentic, deps)
  } catch (error) {
    return { authentic, error }
  }
  if (isRefused(opened)) return { ...opened, authentic }
  const late = checkTime(header.ts, deps)
  if (late) return { ...late, authentic }
  const taken = deps.replay.take({ subject: header.subject, keyId: header.keyId, rid: header.rid, ts: header.ts })
  const replay = taken instanceof Promise ? await taken.catch(() => 'gone' as const) : taken
  const again = replayRefusal(replay, verdictReasons.messageSeen)
  if (again) return { ...again, authentic }
  return { authentic, call: opened }
}

/** What the header says against what was inside: the space, the app, the device, the target. */
function agree(
  { space, sender }: EnvelopeCall,
  { request: { header, body }, proof }: AuthenticRequest,
  { primitives, path }: EnvelopeDeps,
): OpenedCall | Refused {
  const text = primitives.text?.utf8Decode(body)
  // Read for the first and last time.
  releaseBytes(body)
  if (text === undefined) throw new DrawbridgeError('BODY_NOT_JSON', { field: 'body', reason: 'not UTF-8' })
  const inside = readSealedBody(text)
  const { spaceId } = space
  if (inside.spaceId !== spaceId) return refuse('ENVELOPE_REJECTED', verdictReasons.otherSpace.reason)
  const strange = contradiction(header, inside)
  if (strange) return strange
  const { data } = inside
  const agreed = agreeTarget({ named: header.target, spaceId, ...(data && { data }) }, path)
  if (!agreed) return refuse('ENVELOPE_REJECTED', verdictReasons.target.reason)
  const { origin } = sender
  const facts = callFacts(sender, inside, proof)
  return openedCall({ wire: 'v1', space, ...agreed, facts, ...(origin && { origin }) }, proof)
}

function contradiction(header: RequestHeader, { clientInfo = {} }: SealedBody): Refused | undefined {
  if (differs(clientInfo, 'appId', header.appId))
    return refuse('APP_MISMATCHED', 'clientInfo names another app than the key is for')
  if (differs(clientInfo, 'deviceId', header.device))
    return refuse('DEVICE_MISMATCHED', 'clientInfo names another device than the header')
  return undefined
}

function differs(info: JsonObject, name: string, expected: string): boolean {
  return Object.hasOwn(info, name) && info[name] !== expected
}

function refuseEarly(header: RequestHeader, policy: Policy, { primitives }: EnvelopeDeps): Refused | undefined {
  if (policy.mode === 'off') return refuse('SECURE_NETWORK_OFF', 'the secure network is off in this space')
  if (header.appId === '') return refuse('APP_ID_MISSING', 'the header names no app')
  if (header.device === '') return refuse('DEVICE_ID_MISSING', 'the header names no device')
  if (!isSuiteSupported(primitives, header.suite))
    return refuse('ENVELOPE_REJECTED', verdictReasons.suiteMissing.reason)
  return undefined
}

function proofOf({ appId, device, secretType, suite }: RequestHeader, { sender }: FoundKey): ClientProof {
  return { appId, deviceId: device, secretType, suite, fresh: false, how: 'envelope', ...sender }
}
