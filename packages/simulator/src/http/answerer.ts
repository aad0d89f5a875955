import type { CallLog } from '../calls/call-log.ts'
import { checkAccessToken } from '../endpoints/check-token.ts'
import type { Answer, Endpoint } from '../endpoints/endpoint.ts'
import { endpointsAt } from '../endpoints/table.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Failure, FailureBook } from '../failures/failure-book.ts'
import type { Hit } from '../failures/failure.ts'
import { failureTable } from '../failures/table.ts'
import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'
import { openSecureCall, sealReply } from '../security/secure-call.ts'
import { callingApp } from './calling-app.ts'
import { parseCall, withForm } from './call.ts'
import type { Call, RawCall } from './call.ts'
import { refusalReply, successReply, unknownPathReply } from './refusal-reply.ts'
import { errcodeOf } from './reply.ts'
import type { Reply } from './reply.ts'

/** What answers calls. */
export interface AnswererDeps {
  readonly platform: Platform
  readonly failures: FailureBook
  readonly calls: CallLog
}

const BODY_KEPT = 65_536

/** Makes the one function from a request to the platform's reply: it finds the endpoint, injects failures, counts. */
export function createAnswerer({ platform, failures, calls }: AnswererDeps): (raw: RawCall) => Reply {
  return (raw) => {
    const sent = parseCall(raw)
    const takesForm = endpointsAt(sent.path, sent.host).some((endpoint) => endpoint.takesForm)
    const call = takesForm ? withForm(sent) : sent
    const app = callingApp(call, platform)
    const endpoint = chooseEndpoint(call, app)
    const struck = failures.strike(call, app)
    const reply = struckReply({ call, platform, app, endpoint, struck })
    calls.record({
      at: platform.clock.now(),
      host: endpoint?.host ?? call.host ?? 'api.weixin.qq.com',
      method: call.method,
      path: call.path,
      query: { ...sent.query },
      headers: call.headers,
      body: call.body.toString('utf8', 0, BODY_KEPT),
      appid: app?.appid ?? null,
      address: call.address,
      status: reply.wire === undefined ? reply.status : 0,
      errcode: errcodeOf(reply),
      failures: struck.map((failure) => failure.kind),
    })
    return reply
  }
}

interface Struck {
  readonly call: Call
  readonly platform: Platform
  readonly app: App | undefined
  readonly endpoint: Endpoint | undefined
  readonly struck: readonly Failure[]
}

function struckReply({ call, platform, app, endpoint, struck }: Struck): Reply {
  const hits: readonly (readonly [Failure, Hit])[] = struck.map((params) => [params, { call, platform, app, params }])
  let reply = answered(call, platform, endpoint, () => {
    for (const [failure, hit] of hits) failureTable[failure.kind].before?.(hit)
  })
  for (const [failure, hit] of hits) reply = failureTable[failure.kind].after?.(reply, hit) ?? reply
  return reply
}

function answered(call: Call, platform: Platform, endpoint: Endpoint | undefined, before: () => void): Reply {
  try {
    before()
    if (endpoint === undefined) return unknownPathReply(call, platform)
    return answer(call, platform, endpoint)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    return refusalReply(refusal, { call, platform, endpoint })
  }
}

function answer(call: Call, platform: Platform, endpoint: Endpoint): Reply {
  if (endpoint.method === 'GET' && call.method !== 'GET') throw new Refusal(43001)
  if (endpoint.method === 'POST' && call.method !== 'POST') throw new Refusal(43002)
  const asReply = (found: Answer): Reply => (isReply(found) ? found : successReply(found, { call, platform, endpoint }))
  if (endpoint.auth === 'none') return asReply(endpoint.answer({ call, platform }))
  const app = checkAccessToken(call.query['access_token'], platform)
  if (!endpoint.types.includes(app.type) || app.unauthorizedPaths.includes(endpoint.path)) throw new Refusal(48001)
  if (app.frozen) throw new Refusal(50002)
  platform.limits.spend(endpoint.path, app)
  if (app.apiSecurity === null || endpoint.apiSecurity !== true)
    return asReply(endpoint.answer({ call, platform, app }))
  const secure = { app, security: app.apiSecurity, platform }
  const plain = openSecureCall(call, secure, endpoint.method === 'POST')
  return sealReply(asReply(endpoint.answer({ call: plain, platform, app })), call, secure)
}

function isReply(answered: Answer): answered is Reply {
  return typeof answered['status'] === 'number' && typeof answered['contentType'] === 'string'
}

/** One path may stand on two hosts: without a host named, the app's type decides. */
function chooseEndpoint(call: Call, app: App | undefined): Endpoint | undefined {
  const candidates = endpointsAt(call.path, call.host)
  return candidates.find((endpoint) => app !== undefined && endpoint.types.includes(app.type)) ?? candidates[0]
}
