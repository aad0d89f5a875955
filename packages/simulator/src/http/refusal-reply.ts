import type { Endpoint } from '../endpoints/endpoint.ts'
import { errcodeTexts } from '../errors/errcodes.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Platform } from '../platform.ts'
import type { Call } from './call.ts'
import type { Reply } from './reply.ts'

/** What a refusal happened in. */
export interface Scene {
  readonly call: Call
  readonly platform: Platform
  readonly endpoint: Endpoint | undefined
}

/** How a family of paths words its answers. */
interface Envelope {
  readonly contentType: (platform: Platform) => string
  readonly errorBody: (refusal: Refusal, platform: Platform) => Readonly<Record<string, unknown>> | string
}

const cgi: Envelope = {
  contentType: ({ switches }) => switches.get('jsonContentType'),
  errorBody: (refusal, platform) => coded(refusal, `${refusal.message} rid: ${rid(platform)}`),
}

const sns: Envelope = {
  contentType: ({ switches }) => switches.get('snsContentType'),
  errorBody: (refusal, platform) => coded(refusal, `${refusal.message}, rid: ${rid(platform)}`),
}

const qq: Envelope = {
  contentType: () => 'application/json; charset=utf-8',
  errorBody: (refusal) => coded(refusal, refusal.message),
}

const graph: Envelope = {
  contentType: () => 'text/html; charset=utf-8',
  errorBody: ({ errcode, message }) =>
    `callback( ${JSON.stringify({ error: errcode, error_description: message })} );\n`,
}

/** A success: the data as it is; `errcode` is there only where the endpoint put it. */
export function successReply(body: Readonly<Record<string, unknown>>, { call, platform, endpoint }: Scene): Reply {
  return { status: 200, contentType: envelopeOf(call, endpoint).contentType(platform), body, headers: {} }
}

/** A refusal: always HTTP 200, with the rid in the form of its family. */
export function refusalReply(refusal: Refusal, { call, platform, endpoint }: Scene): Reply {
  const envelope = envelopeOf(call, endpoint)
  const body = envelope.errorBody(refusal, platform)
  const extra = endpoint?.refusalExtra?.({ call, platform }, refusal.errcode) ?? {}
  const whole = typeof body === 'string' ? body : { ...body, ...extra }
  return { status: 200, contentType: envelope.contentType(platform), body: whole, headers: {} }
}

/** Paths that nobody serves: errcode 40066 below the API prefixes, a bare 404 elsewhere. */
export function unknownPathReply(call: Call, platform: Platform): Reply {
  const isApi = /^\/(cgi-bin|wxa|sns)\//.test(call.path) && call.host !== 'graph.qq.com'
  if (isApi && platform.switches.get('unknownPath') === '40066') {
    return refusalReply(new Refusal(40066), { call, platform, endpoint: undefined })
  }
  const body =
    '<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>'
  return { status: 404, contentType: 'text/html', body, headers: {} }
}

function envelopeOf(call: Call, endpoint: Endpoint | undefined): Envelope {
  const host = endpoint?.host ?? call.host
  if (host === 'graph.qq.com') return graph
  if (host === 'api.q.qq.com') return qq
  return call.path.startsWith('/sns/') ? sns : cgi
}

function coded({ errcode, extra }: Refusal, errmsg: string): Readonly<Record<string, unknown>> {
  return { errcode, errmsg: errmsg || (errcodeTexts[errcode] ?? ''), ...extra }
}

function rid(platform: Platform): string {
  return platform.identifiers.rid(platform.clock.now())
}
