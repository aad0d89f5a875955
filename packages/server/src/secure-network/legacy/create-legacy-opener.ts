import { findRule } from '@drawbridge/protocol'
import type { JsonObject, SecretType } from '@drawbridge/runtime'
import { createRateLimiter } from '../../callers/rate-limiter.ts'
import type { RateLimiter } from '../../callers/rate-limiter.ts'
import type { ClientProof } from '../client-proof.ts'
import { KEY_LOOKUPS_PER_MINUTE, findUserKey } from '../keys/user-key.ts'
import type { UserKeyDeps } from '../keys/user-key.ts'
import { openedCall } from '../opened-call.ts'
import type { Opener, Opening } from '../opener.ts'
import type { Policy } from '../policy-source.ts'
import { isRefused, refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { ReplayGuard } from '../replay/replay-guard.ts'
import { replayRefusal } from '../replay/replay-refusal.ts'
import type { ReceivedCall } from '../admitted-call.ts'
import type { Target } from '../target.ts'
import { callFacts } from '../usn1/call-facts.ts'
import { checkLegacyEnvelope } from './check-legacy-envelope.ts'
import { findLegacyUser } from './find-legacy-user.ts'
import type { LegacyUser, LegacyUserDeps } from './find-legacy-user.ts'
import { readLegacyArgs } from './legacy-args.ts'
import type { LegacyArgs } from './legacy-args.ts'
import { LEGACY_KEY_BYTES } from './legacy-key.ts'
import type { LegacyKey } from './legacy-key.ts'
import { readLegacyEnvelope } from './legacy-envelope.ts'
import { createOneTime } from './one-time.ts'
import type { OneTime } from './one-time.ts'
import { sealLegacyReply } from './seal-legacy-reply.ts'
import { verdictReasons } from '../verdict-reasons.ts'

/** What calls of the stock client are opened with. */
export interface LegacyOpenerDeps extends LegacyUserDeps {
  readonly bridge: LegacyUserDeps['bridge'] & UserKeyDeps['bridge']
  readonly replay: ReplayGuard
  /** ms since epoch. */
  readonly now: () => number
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** When this process began, ms since epoch; undefined: the replay guard outlives processes. */
  readonly bootedAt: number | undefined
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
}

/**
 * Opens what the published uniCloud client encrypts or signs in a mini program. The wire is as it is (see
 * `legacyLimits`); what a server can do about it is done here. Cheap refusals come first, and a stranger costs WeChat
 * nothing.
 *
 * @example
 * createSecureNetwork({ ...deps, openers: { unicloud: createLegacyOpener({ ...deps, identity }) } })
 */
export function createLegacyOpener(deps: LegacyOpenerDeps): Opener {
  const { now } = deps
  const verifyDeps: VerifyDeps = {
    ...deps,
    oneTime: createOneTime(deps),
    asks: createRateLimiter({ perMinute: KEY_LOOKUPS_PER_MINUTE, now }),
    failures: createRateLimiter({ perMinute: FAILURES_PER_MINUTE, now }),
  }

  async function open(call: ReceivedCall, policy: Policy): Promise<Opening | Refused> {
    const isGuarded = guards(policy, call.target)
    const args = readLegacyArgs(call.args)
    if (!args) return refuse('ENVELOPE_REJECTED', verdictReasons.noStockCall.reason)
    // Signed because the client was built with older rules: nobody asks for it.
    if (args.mode === 'signature' && !isGuarded) return plainOpening(call, args.args)
    const verified = await verify({ call, policy, args, isGuarded }, verifyDeps)
    // What is merely watched goes on as what it is without its signature.
    if (isRefused(verified) && args.mode === 'signature' && policy.mode === 'monitor')
      return plainOpening(call, args.args)
    return verified
  }

  return {
    async open(call, policy) {
      if (!policy.legacyWire) return refuse('SECURE_NETWORK_OFF', verdictReasons.legacyOffHere.reason)
      return open(call, policy)
    },
  }
}

interface LegacyCall {
  readonly call: ReceivedCall
  readonly policy: Policy
  readonly args: LegacyArgs
  readonly isGuarded: boolean
}

interface VerifyDeps extends LegacyOpenerDeps {
  readonly oneTime: OneTime
  readonly asks: RateLimiter
  /** Counts what did not open, by address and user: to learn a text by guessing takes thousands of tries. */
  readonly failures: RateLimiter
}

async function verify(legacy: LegacyCall, deps: VerifyDeps): Promise<Opening | Refused> {
  const { call, policy, args, isGuarded } = legacy
  const said = readClaims(call.facts.clientInfo)
  if (isRefused(said)) return said
  if (args.mode === 'response' && isGuarded && policy.mode === 'enforce')
    return refuse('ENVELOPE_REQUIRED', verdictReasons.responseMode.reason)
  const { options } = args
  const user = await findLegacyUser({ call, policy, appId: said.appId, options, isGuarded }, deps)
  if (isRefused(user)) return user
  const address = call.facts.clientIp
  const guessing = `${address} ${subjectOf(user)}`
  if (deps.failures.isSpent(() => guessing)) return refuse('RATE_LIMITED', 'too much of this user did not open')
  const { app, openid } = user
  const name = { app, openid, version: options.encryptKeyId, address, keyBytes: LEGACY_KEY_BYTES }
  const key = await findUserKey(name, deps)
  if (isRefused(key)) return key
  if (args.mode === 'response') return opening(call, { key, args, inner: args.args }, deps)
  const envelope = readLegacyEnvelope(key, args.ciphertext)
  if (!envelope) {
    deps.failures.take(guessing)
    return refuse('ENVELOPE_REJECTED', verdictReasons.ciphertextUnopened.reason)
  }
  const { now, bootedAt } = deps
  const strange = checkLegacyEnvelope(envelope, { ...said, wxAppid: app.appid, now: now(), bootedAt })
  if (strange) return strange
  const inner = args.mode === 'signature' ? args.args : envelope.data
  const proof = proofOf(said, user, args.mode)
  const again = await once(legacy, { user, inner, ts: envelope.timestamp }, deps)
  if (again) return again
  if (user.agingCode !== undefined) await deps.identity?.codeHandles.lengthen(call.space, app.appid, user.agingCode)
  return opening(call, { key, args, inner, proof }, deps)
}

interface Said {
  readonly appId: string
  readonly deviceId: string
}

/** What the client says of itself in clear; the envelope has to agree with it. */
function readClaims(info: JsonObject): Said | Refused {
  const [appId, deviceId] = [text(info, 'appId'), text(info, 'deviceId')]
  if (appId === '') return refuse('APP_ID_MISSING', 'clientInfo has no appId')
  if (deviceId === '') return refuse('DEVICE_ID_MISSING', 'clientInfo has no deviceId')
  if (text(info, 'osName') === '') return refuse('OS_NAME_MISSING', 'clientInfo has no osName')
  if (text(info, 'uniPlatform') !== 'mp-weixin')
    return refuse('PLATFORM_NOT_ASSOCIATED', 'only mini programs of WeChat come by the legacy wire')
  return { appId, deviceId }
}

async function once(
  { call: { facts, target }, args }: LegacyCall,
  { user, inner, ts }: { readonly user: LegacyUser; readonly inner: JsonObject; readonly ts: number },
  { oneTime }: VerifyDeps,
): Promise<Refused | undefined> {
  if (args.mode === 'response') return undefined
  const taken = await oneTime
    .take({
      subject: subjectOf(user),
      keyVersion: args.options.encryptKeyId,
      ciphertext: args.ciphertext,
      ts,
      use: args.mode === 'signature' ? 'signature' : 'content',
      call: JSON.stringify([nameOf(target), inner]),
      address: facts.clientIp,
    })
    .catch(() => 'gone' as const)
  return replayRefusal(taken, verdictReasons.ciphertextSeen)
}

function proofOf(said: Said, { app, version, openid }: LegacyUser, mode: LegacyArgs['mode']): ClientProof {
  const isSignature = mode === 'signature'
  return {
    ...said,
    platform: 'mp-weixin',
    version,
    wxAppid: app.appid,
    openid,
    level: 0,
    secretType: isSignature ? 'none' : mode,
    fresh: false,
    how: isSignature ? 'legacy-signature' : 'legacy-content',
  }
}

function opening(
  call: ReceivedCall,
  {
    key,
    args: { mode },
    inner,
    proof,
  }: {
    readonly key: LegacyKey
    readonly args: LegacyArgs
    readonly inner: JsonObject
    readonly proof?: ClientProof
  },
  deps: LegacyOpenerDeps,
): Opening {
  // As with plain calls: the two names are no user data, and a token given in the call wins over the stored one.
  const { clientInfo: _info, uniIdToken: ownToken, ...args } = inner
  const { requestId, clientIp, userAgent, clientInfo, uniIdToken: storedToken } = call.facts
  const uniIdToken = typeof ownToken === 'string' && ownToken !== '' ? ownToken : storedToken
  const told = { clientInfo, ...(uniIdToken !== undefined && { uniIdToken }) }
  const facts = callFacts({ requestId, clientIp, userAgent }, told, proof)
  // Not proven in response mode; but the reply will be encrypted, and that is what functions ask for by it.
  const secretType: SecretType = mode === 'signature' ? 'none' : mode
  const opened = { ...call, target: targetOf(call.target, args), args, facts: { ...facts, secretType } }
  return {
    opened: openedCall(opened, proof),
    seal: (reply) => sealLegacyReply(mode, reply, { ...deps, key }),
  }
}

function plainOpening(call: ReceivedCall, args: JsonObject): Opening {
  return {
    opened: openedCall({ ...call, target: targetOf(call.target, args), args }, undefined),
    seal(reply) {
      if ('result' in reply) return reply.result
      const { error } = reply
      throw error
    },
  }
}

/** The method of an object is inside the ciphertext. */
function targetOf(target: Target, { method }: JsonObject): Target {
  return target.kind === 'object' ? { ...target, method: typeof method === 'string' ? method : '' } : target
}

function guards({ mode, guards: guarded, rules }: Policy, target: Target): boolean {
  return mode !== 'off' && (guarded === 'all' || findRule(rules, nameOf(target)) !== undefined)
}

function nameOf(target: Target): string {
  return target.kind === 'route' ? target.path : target.name
}

function subjectOf({ app, openid }: LegacyUser): string {
  return `${app.appid}:${openid}`
}

function text(info: JsonObject, name: string): string {
  const value = info[name]
  return typeof value === 'string' ? value : ''
}

const FAILURES_PER_MINUTE = 20
