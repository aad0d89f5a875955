import { base64urlDecode, base64urlEncode, utf8Decode, utf8Encode } from '@drawbridge/protocol'
import type { SecretType } from '@drawbridge/protocol'
import type { MakeCall } from '../call/client-call.ts'
import { headerValue } from '../call/header-value.ts'
import { textOf } from '../call/read-answer.ts'
import { RESPONSE_REJECTED, clientError, parameterError } from '../client-error.ts'
import { bytesOf } from './bytes-of.ts'
import type { Callbacks } from '../with-callbacks.ts'
import type { SecretOptions } from './secret-options.ts'

/** A request to a route of the gateway; uni.request's names. It is sealed, `both` unless said, where there are user keys. */
export interface RouteRequest extends Callbacks<RouteResponse>, SecretOptions {
  /** The route's path with its query, encoded as it has to be: `/orders?page=2`. */
  readonly url: string
  /** GET unless given. */
  readonly method?: string
  /**
   * In a GET what stands in the query; else the body: bytes and texts as they are, anything else as a form where the
   * header says so, and as JSON.
   */
  readonly data?: unknown
  readonly header?: Readonly<Record<string, string>>
  readonly timeout?: number
  /** Body or response may be large: up to 16 MiB in chunks, sealed calls alone. Bytes count for a third more. */
  readonly large?: boolean
  /** `text` leaves the answer as it is; else JSON is read where it is some. */
  readonly dataType?: string
  /** `arraybuffer` gives bytes. */
  readonly responseType?: 'text' | 'arraybuffer'
}

/** What the backend answered, whatever its status. */
export interface RouteResponse {
  readonly statusCode: number
  readonly header: Readonly<Record<string, string>>
  readonly data: unknown
  readonly errMsg: string
  readonly requestId: string | undefined
}

/** Calls a route. Throws `UniCloudError` where no backend has answered. */
export async function callRoute(
  call: MakeCall,
  { url, method = 'GET', data, header = {}, timeout, large, dataType, responseType }: RouteRequest,
  secretType: SecretType | undefined,
): Promise<RouteResponse> {
  const verb = method.toUpperCase()
  const hasBody = verb !== 'GET' && verb !== 'HEAD'
  const { target, query } = readRoute(verb, url, hasBody ? undefined : data)
  const body = hasBody && data !== undefined ? bodyOf(data, header) : {}
  const asked = Object.assign({ header, query }, body)
  const sent = { name: target, target, data: asked, secretType, timeoutMs: timeout, isLarge: large }
  const { result, requestId } = await call(sent)
  const answer = Object(result) as RouteAnswer
  if (typeof answer.status !== 'number') throw clientError(RESPONSE_REJECTED, undefined, requestId)
  const got = dataOf(answer, responseType, dataType)
  return { statusCode: answer.status, header: answer.header ?? {}, data: got, errMsg: 'request:ok', requestId }
}

/** A route's target, and its query where there is any. Throws 10002 for a URL that is no path. @param data more query */
export function readRoute(
  verb: string,
  url: unknown,
  data: unknown,
): { readonly target: string; readonly query: string | undefined } {
  const [path = '', ...rest] = String(url).replace(/#.*/, '').split('?')
  if (path[0] !== '/') throw parameterError('url')
  const more = typeof data === 'string' ? data : queryOf(data)
  const query = [rest.join('?'), more].filter((part) => part !== '').join('&')
  return { target: `h:${verb} ${path}`, query: textOf(query) }
}

interface RouteAnswer {
  readonly status?: unknown
  readonly header?: Readonly<Record<string, string>>
  readonly body?: string
  readonly encoding?: string
}

function queryOf(data: unknown): string {
  const fields = Object(data) as Readonly<Record<string, unknown>>
  return Object.keys(fields)
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(fields[name]))}`)
    .join('&')
}

/** The body, and with it the header where that has to say what it is. */
function bodyOf(data: unknown, header: Readonly<Record<string, string>>): object {
  const bytes = bytesOf(data)
  if (bytes) return { body: base64urlEncode(bytes), encoding: 'base64url' }
  if (typeof data === 'string') return { body: data }
  const type = headerValue(header, 'content-type')
  const body = /x-www-form-urlencoded/i.test(String(type)) ? queryOf(data) : JSON.stringify(data)
  return type === undefined ? { header: Object.assign({ 'content-type': JSON_TYPE }, header), body } : { body }
}

const JSON_TYPE = 'application/json'

function dataOf({ body = '', encoding }: RouteAnswer, responseType?: string, dataType = 'json'): unknown {
  const bytes = encoding ? base64urlDecode(body) : utf8Encode(body)
  if (responseType === 'arraybuffer') return bytes?.slice().buffer
  const text = encoding ? ((bytes && utf8Decode(bytes)) ?? '') : body
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
