import type { ReceivedRequest, WireError } from '@drawbridge/protocol'
import type { Gateway } from '../../gateway/create-gateway.ts'
import type { Log } from '../../log/create-log.ts'
import type { Space } from '../../spaces/space.ts'
import type { AdmittedCall, OpenedCall } from '../admitted-call.ts'
import { currentPolicy } from '../current-policy.ts'
import { passPolicy } from '../pass-policy.ts'
import type { Policy, PolicySource } from '../policy-source.ts'
import { isRefused, refusalOnWire } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { Sender } from '../usn1/call-facts.ts'
import { openEnvelope } from '../usn1/open-envelope.ts'
import type { AuthenticRequest, EnvelopeDeps } from '../usn1/open-envelope.ts'
import { serverTime } from '../usn1/server-time.ts'
import type { VerdictSink } from '../verdict.ts'
import { wireError } from '../wire-error.ts'
import { noteFailure } from './note-failure.ts'
import { noteRefusal } from './note-refusal.ts'

/** What envelopes pass through, whatever wire brings them. */
export interface PassEnvelopeDeps {
  readonly envelope: EnvelopeDeps
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  /** Knows the policies of routes; left out: there are none. */
  readonly gateway?: Pick<Gateway, 'guard'>
  readonly log: Log
}

/** An envelope with the space that it was sent to. */
export interface SentEnvelope {
  readonly received: ReceivedRequest
  readonly space: Space
  readonly sender: Sender
}

/** What became of it: a call that may run, an error to be sealed, or a refusal to be told in clear. */
export type PassedEnvelope =
  | { readonly authentic: AuthenticRequest; readonly admitted: AdmittedCall }
  | { readonly authentic: AuthenticRequest; readonly error: WireError; readonly retryAfterSeconds?: number | undefined }
  | (Refused & { readonly authentic?: undefined })

/**
 * Opens an envelope and holds it against the policy; verdicts and log are told. Throws `SYSTEM_ERROR` where there is no
 * policy to go by.
 */
export async function passEnvelope(sent: SentEnvelope, deps: PassEnvelopeDeps): Promise<PassedEnvelope> {
  const { received, space, sender } = sent
  const { envelope, log, verdicts } = deps
  const policy = currentPolicy(deps.policies, space)
  const outcome = await openEnvelope({ received, space, policy, sender }, envelope)
  if ('refused' in outcome) {
    const { refused, authentic } = outcome
    noteRefusal(refused, { ...sent, authentic }, deps)
    if (!authentic) return { refused }
    const { retryAfterSeconds } = refused
    return { authentic, error: refusalOnWire(refused, serverTime(envelope)), retryAfterSeconds }
  }
  const { authentic } = outcome
  if ('error' in outcome) {
    noteFailure(outcome.error, sent, log)
    return { authentic, error: wireError(outcome.error) }
  }
  const admitted = passPolicy(outcome.call, guarded(outcome.call, policy, deps), { verdicts, now: envelope.now })
  return isRefused(admitted) ? { authentic, error: refusalOnWire(admitted.refused) } : { authentic, admitted }
}

/** The policy that is about the call's target. */
export function guarded(call: OpenedCall, policy: Policy, { gateway }: Pick<PassEnvelopeDeps, 'gateway'>): Policy {
  return gateway?.guard(policy, call) ?? policy
}
