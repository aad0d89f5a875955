import { format } from 'node:util'
import { DrawbridgeError } from '@drawbridge/protocol'
import { exchange, failure } from './exchange.ts'
import type { HttpReply } from './exchange.ts'
import { queryText, withQuery } from './query-text.ts'

/** Options of `uniCloud.httpclient.request`, with urllib's names. */
export interface HttpClientOptions {
  readonly method?: string
  readonly type?: string
  readonly data?: unknown
  readonly content?: string | Uint8Array
  readonly dataAsQueryString?: boolean
  readonly contentType?: string
  /** json, text, or anything else for bytes. */
  readonly dataType?: string
  readonly headers?: Readonly<Record<string, unknown>>
  /** ms; 5000 when left out; a list is for connecting and for answering. */
  readonly timeout?: number | readonly number[]
  readonly nestedQuerystring?: boolean
  readonly followRedirect?: boolean
  /** `user:password` */
  readonly auth?: string
  readonly files?: unknown
  readonly stream?: unknown
}

/** What it resolves to. */
export interface HttpClientResult {
  readonly data: unknown
  readonly status: number
  readonly headers: HttpReply['headers']
  readonly res: Readonly<Record<string, unknown>>
}

const TIMEOUT_MS = 5000

/** `uniCloud.httpclient`: urllib's rules for what goes into the query, a form, or JSON. */
export const httpClient = { request: requestByUrllib }

async function requestByUrllib(url: unknown, options: HttpClientOptions = {}): Promise<HttpClientResult> {
  if (typeof url !== 'string' && !(url instanceof URL))
    throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'url' })
  if (options.files !== undefined || options.stream !== undefined)
    throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: 'httpclient files and stream', instead: 'content' })
  const method = (options.method ?? options.type ?? 'GET').toUpperCase()
  const headers = headersOf(options)
  const { query, body } = place(method, headers, options)
  const reply = await exchange({
    method,
    url: withQuery(String(url), query),
    headers,
    ...(body === undefined ? {} : { body }),
    timeoutMs: timeoutOf(options.timeout),
    followRedirect: options.followRedirect ?? false,
  })
  const { status, headers: received, body: bytes } = reply
  return {
    data: dataOf(reply, options.dataType),
    status,
    headers: received,
    res: { status, statusCode: status, headers: received, size: bytes.length, requestUrls: [reply.url] },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : format(value)
}

function headersOf({ headers = {}, dataType, auth }: HttpClientOptions): Record<string, string> {
  const lower = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name.toLowerCase(), textOf(value)] as const],
  )
  return {
    ...(dataType === 'json' ? { accept: 'application/json' } : {}),
    ...(auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
    ...Object.fromEntries(lower),
  }
}

/** Where the data goes; sets the content type of a body that has none. */
function place(
  method: string,
  headers: Record<string, string>,
  options: HttpClientOptions,
): { readonly query: string; readonly body?: string | Uint8Array } {
  const { data, content, dataAsQueryString = false, nestedQuerystring = false, contentType } = options
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead || dataAsQueryString) {
    const query = queryText(data, nestedQuerystring)
    return isRead || content === undefined ? { query } : { query, body: content }
  }
  const body = content ?? data
  if (body === undefined || body === null) return { query: '' }
  if (typeof body === 'string' || body instanceof Uint8Array) return { query: '', body }
  if (contentType === 'json' || headers['content-type']?.startsWith('application/json')) {
    headers['content-type'] ??= 'application/json'
    return { query: '', body: JSON.stringify(body) }
  }
  headers['content-type'] ??= 'application/x-www-form-urlencoded'
  return { query: '', body: queryText(body, nestedQuerystring) }
}

function timeoutOf(timeout: HttpClientOptions['timeout'] = TIMEOUT_MS): number {
  const total = typeof timeout === 'number' ? timeout : timeout.reduce((sum, each) => sum + each, 0)
  return Number.isFinite(total) && total > 0 ? total : TIMEOUT_MS
}

function dataOf({ body, status }: HttpReply, dataType: string | undefined): unknown {
  if (dataType === 'text') return body.toString('utf8')
  if (dataType !== 'json') return body
  if (body.length === 0) return null
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch (cause) {
    throw failure('JSONResponseFormatError', `The reply is no JSON (status ${status})`, { cause })
  }
}
