import { ENVELOPE_CONTENT_TYPE, openBinaryResponse, readJson, readSealedError, utf8Encode } from '@drawbridge/protocol'
import type { KeySchedule, SecretType, SentRequest } from '@drawbridge/protocol'
import type { CallBodies } from '../call/create-call-bodies.ts'
import type { ClientCall, ClientReply } from '../call/client-call.ts'
import type { Post } from '../call/create-post.ts'
import type { Posted } from '../call/posted.ts'
import { readAnswer } from '../call/read-answer.ts'
import { RESPONSE_REJECTED, SEALING_FAILED, clientError } from '../client-error.ts'
import { serverError } from '../uni-cloud-error.ts'
import type { UniCloudError } from '../uni-cloud-error.ts'
import type { RandomPool } from './create-random-pool.ts'
import { sealInChunks, sealWhole } from './seal-whole.ts'
import type { SealedWhole } from './seal-whole.ts'
import type { ServerClock } from './create-server-clock.ts'
import type { UserKeys } from './create-user-keys.ts'

/** Who the keys are for. */
export interface Subjects {
  /** `wxAppId:openid` or `wxAppId:@code`. Throws 70006 while nobody has logged in. */
  current(): Promise<string>
  /** Logs in again; false where the app itself said who the user is. */
  renew(): Promise<boolean>
}

/** What a call of the secure network needs. */
export interface SecureCallsDeps {
  readonly post: Post
  readonly bodies: CallBodies
  readonly keys: UserKeys
  readonly subjects: Subjects
  readonly clock: ServerClock
  readonly random: RandomPool
  /** Of a request's body. */
  readonly bodyMaxBytes: number
}

/** Makes a sealed call; `none` encrypts nothing, and proves both sides all the same. */
export type MakeSecureCall = (call: SecureCall) => Promise<ClientReply>

type SecureCall = ClientCall & { readonly secretType: SecretType }

/** Numbers that an answer may bear in clear. They move the client to one further try, and are nothing to the app. */
const KEY_UNKNOWN = 70009
const TIME_SKEWED = 70001
const LOGIN_NEEDED: readonly unknown[] = [70006, 70007]

/**
 * Calls through the envelope. What has no valid seal of this very call is 10010, whatever it says; a key that the
 * server does not know, a wrong clock and a login that has ended are mended once each, with a new request id.
 */
export function createSecureCalls(deps: SecureCallsDeps): MakeSecureCall {
  const { post, bodies, keys, subjects, clock } = deps
  let counter = 0

  const seal = async (call: SecureCall, schedule: KeySchedule): Promise<SealedWhole> => {
    const { secretType, target } = call
    const body = await bodies.body(call.data)
    const device = body.clientInfo.deviceId
    const random = await deps.random.take(16)
    const ts = clock.now()
    const text = utf8Encode(JSON.stringify(body))
    const rid = schedule.requestId(random, ++counter, ts, device)
    const fields = { secretType, ts, rid, device, target }
    const sealed = call.isLarge
      ? sealInChunks(schedule, fields, text)
      : sealWhole(schedule, fields, text, deps.bodyMaxBytes)
    if (!sealed) throw clientError(SEALING_FAILED)
    return sealed
  }

  /** What the sealed answer says, or the number that an answer without a seal bore. */
  const read = (schedule: KeySchedule, sent: SentRequest, { body, requestId }: Posted): ClientReply | Hint => {
    const opened = openBinaryResponse(schedule, sent, body)
    if (!opened) return { hint: readAnswer(body)['errCode'] }
    const { header } = opened
    clock.observe(header.ts, sent.header.ts)
    if (header.status === 0) {
      const result = readJson(opened.body)
      if (result === undefined) return {}
      return { result, requestId, opening: { schedule, message: header } }
    }
    const error = readSealedError(opened.body)
    if (!error) return {}
    if (error.serverTime !== undefined) clock.adopt(error.serverTime)
    // A socket's is named under seal.
    const told = Object.assign({ requestId }, readAnswer(opened.body), error)
    return { hint: error.errCode, error: serverError(told) }
  }

  /** Whether something was done that makes a further try worth it. */
  const mend = async ({ hint, error }: Hint, schedule: KeySchedule): Promise<boolean> => {
    if (hint === KEY_UNKNOWN) {
      keys.drop(schedule)
      return true
    }
    if (hint === TIME_SKEWED) return error !== undefined
    return LOGIN_NEEDED.indexOf(hint) >= 0 && subjects.renew()
  }

  return async (call) => {
    const tried: unknown[] = []
    for (;;) {
      const schedule = await keys.current(await subjects.current())
      const { sent, wire } = await seal(call, schedule)
      const posted = await (call.exchange ? call.exchange(wire) : post(wire, ENVELOPE_CONTENT_TYPE, call))
      const outcome = read(schedule, sent, posted)
      if ('result' in outcome) return outcome
      const { hint, error } = outcome
      const again = tried.indexOf(hint) < 0 && (await mend(outcome, schedule))
      if (!again && error) throw error
      if (!again) throw clientError(RESPONSE_REJECTED, hintCause(hint, posted), posted.requestId)
      tried.push(hint)
    }
  }
}

interface Hint {
  readonly hint?: unknown
  /** There is one when it was sealed. */
  readonly error?: UniCloudError
}

/** What a developer may want to know of an answer that nobody vouches for; its texts are left out, for users to see none. */
function hintCause(hint: unknown, { status }: Posted): object {
  return { status, errCode: typeof hint === 'number' ? hint : undefined }
}
