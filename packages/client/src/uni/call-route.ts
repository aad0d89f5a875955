import { base64urlDecode, base64urlEncode, utf8Decode, utf8Encode } from '@drawbridge/protocol'
import type { SecretType } from '@drawbridge/protocol'
import type { MakeCall } from '../call/client-call.ts'
import { clientError, parameterError } from '../client-codes.ts'
import type { Callbacks } from '../with-callbacks.ts'

/** A request to a route of the gateway; uni.request's names. */
export interface RouteRequest extends Callbacks<RouteResponse> {
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
  /** `both` unless said where the platform has user keys. */
  readonly secretType?: SecretType
  /** Seed-era name of `secretType: 'both'`. */
  readonly secret?: boolean
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
  const [path = '', ...rest] = url.replace(/#.*/, '').split('?')
  const verb = method.toUpperCase()
  if (path[0] !== '/') throw parameterError('url')
  const hasBody = verb !== 'GET' && verb !== 'HEAD'
  const query = [rest.join('?'), hasBody ? '' : queryOf(data)].filter((part) => part !== '').join('&')
  const target = `h:${verb} ${path}`
  const body = hasBody && data !== undefined ? bodyOf(data, header) : {}
  const asked = Object.assign({ header }, query === '' ? {} : { query }, body)
  const sent = { name: target, target, data: asked, secretType, timeoutMs: timeout, isLarge: large }
  const { result, requestId } = await call(sent)
  const answer = Object(result ?? {}) as RouteAnswer
  if (typeof answer.status !== 'number') throw clientError('RESPONSE_REJECTED', undefined, requestId)
  const got = dataOf(answer, responseType, dataType)
  return { statusCode: answer.status, header: answer.header ?? {}, data: got, errMsg: 'request:ok', requestId }
}

interface RouteAnswer {
  readonly status?: unknown
  readonly header?: Readonly<Record<string, string>>
  readonly body?: string
  readonly encoding?: string
}

function queryOf(data: unknown): string {
  const fields = Object(data ?? {}) as Readonly<Record<string, unknown>>
  return Object.keys(fields)
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(fields[name]))}`)
    .join('&')
}

/** The body, and with it the header where that has to say what it is. */
function bodyOf(data: unknown, header: Readonly<Record<string, string>>): object {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data
  if (bytes instanceof Uint8Array) return { body: base64urlEncode(bytes), encoding: 'base64url' }
  if (typeof data === 'string') return { body: data }
  const name = Object.keys(header).find((each) => each.toLowerCase() === 'content-type')
  if (name === undefined)
    return { header: Object.assign({ 'content-type': JSON_TYPE }, header), body: JSON.stringify(data) }
  return { body: /x-www-form-urlencoded/i.test(header[name] ?? '') ? queryOf(data) : JSON.stringify(data) }
}

const JSON_TYPE = 'application/json'

function dataOf({ body = '', encoding }: RouteAnswer, responseType?: string, dataType = 'json'): unknown {
  const bytes = encoding ? base64urlDecode(body) : utf8Encode(body)
  if (responseType === 'arraybuffer') return bytes?.slice().buffer
  const text = encoding ? (utf8Decode(bytes ?? NOTHING) ?? '') : body
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const NOTHING = new Uint8Array(0)
