import { DrawbridgeError } from '@drawbridge/protocol'
import type { SigningCaller } from '../../config/server-config.ts'
import { andThen } from '../and-then.ts'
import type { MaybePromise } from '../and-then.ts'
import { algorithmTable } from './algorithm-table.ts'
import { contentDigestMatches } from './content-digest.ts'
import type { ReplayMemory } from './replay-memory.ts'
import { signatureBase } from './signature-base.ts'
import type { SignableRequest } from './signature-base.ts'
import { readSignatureHeaders } from './signature-headers.ts'
import type { SignatureClaim } from './signature-headers.ts'

/** How far apart the two clocks and the journey may put `created` and now, in either direction. */
export const SIGNATURE_WINDOW_SECONDS = 60

/** How long its nonce is remembered: a signature may be dated ahead by the window, and is good for a window from then on. */
export const SIGNATURE_KEPT_SECONDS = 2 * SIGNATURE_WINDOW_SECONDS

const NO_BODY = new Uint8Array()

/** A request whose signature is to be checked: what can be covered, and the body itself. */
export interface SignedRequest extends SignableRequest {
  readonly body: Uint8Array | undefined
}

/**
 * Checks HTTP Message Signatures (RFC 9421) against the keys of known callers.
 *
 * A signature must cover `@method`, the whole address (`@target-uri`, or `@authority`, `@path` and `@query`) and, when
 * there is a body, `content-digest` (RFC 9530), which must fit; it must be made within 60 s of now, and its nonce must
 * be new. The cheapest refusals come first; the nonce is remembered only when all else is right.
 *
 * @returns a function that gives the caller, or throws `SIGNATURE_INVALID` or `REPLAY_REFUSED` with the reason.
 */
export function createSignatureVerifier({
  callers,
  replays,
  now,
}: {
  readonly callers: readonly SigningCaller[]
  readonly replays: ReplayMemory
  readonly now: () => number
}): (request: SignedRequest) => MaybePromise<SigningCaller> {
  const keys = new Map(
    callers.map((caller) => [caller.keyId, { caller, verify: algorithmTable[caller.algorithm].verifier(caller.key) }]),
  )

  return (request) => {
    const claim = readSignatureHeaders(request.header('signature-input'), request.header('signature'))
    assertFresh(claim, now() / 1000)
    assertCovers(claim.components, request.body !== undefined)
    const key = keys.get(claim.keyId)
    // An unknown key and a wrong signature are told apart by nobody outside.
    if (!key || (claim.alg !== undefined && claim.alg !== key.caller.algorithm)) throw mismatch()
    if (!key.verify(signatureBase(request, claim.components, claim.signatureParams), claim.signature)) throw mismatch()
    // A digest that is covered speaks for the body even when none came: it was taken away then.
    const digest = claim.components.includes('content-digest') ? request.header('content-digest') : undefined
    if (digest !== undefined && !contentDigestMatches(digest, request.body ?? NO_BODY)) {
      throw new DrawbridgeError('SIGNATURE_INVALID', {
        component: 'content-digest',
        reason: 'the digest is not that of the body',
      })
    }

    return andThen(
      replays.remember(claim.keyId, claim.nonce, Math.floor(claim.created) + SIGNATURE_WINDOW_SECONDS),
      (isNew) => {
        if (!isNew) throw new DrawbridgeError('REPLAY_REFUSED', { reason: 'the nonce was used before' })
        return key.caller
      },
    )
  }
}

function assertFresh(claim: SignatureClaim, nowSeconds: number): void {
  const tooOld = claim.created < nowSeconds - SIGNATURE_WINDOW_SECONDS
  const tooNew = claim.created > nowSeconds + SIGNATURE_WINDOW_SECONDS
  if (!tooOld && !tooNew && (claim.expires === undefined || claim.expires >= nowSeconds)) return
  throw new DrawbridgeError('REPLAY_REFUSED', {
    reason: tooNew ? 'created lies in the future; compare the clocks' : 'the signature is too old; compare the clocks',
    windowSeconds: SIGNATURE_WINDOW_SECONDS,
  })
}

function assertCovers(components: readonly string[], hasBody: boolean): void {
  if (!components.includes('@method')) throw uncovered('@method')
  if (!components.includes('@target-uri')) {
    for (const part of ['@authority', '@path', '@query']) if (!components.includes(part)) throw uncovered(part)
  }
  if (hasBody && !components.includes('content-digest')) throw uncovered('content-digest')
}

function uncovered(component: string): DrawbridgeError {
  return new DrawbridgeError('SIGNATURE_INVALID', { component, reason: 'the signature does not cover this component' })
}

function mismatch(): DrawbridgeError {
  return new DrawbridgeError('SIGNATURE_INVALID', { reason: 'the key is unknown or the signature does not match' })
}
