import { DrawbridgeError } from '@drawbridge/protocol'
import { exchange } from './exchange.ts'
import { queryText, withQuery } from './query-text.ts'

/** Options of `uniCloud.request`, as `uni.request` has them. */
export interface UniRequestOptions {
  readonly url: string
  readonly method?: string
  readonly data?: unknown
  readonly header?: Readonly<Record<string, string>>
  /** ms; 60000 when left out. */
  readonly timeout?: number
  /** json when left out: what parses becomes data, anything else stays text. */
  readonly dataType?: string
  readonly responseType?: 'text' | 'arraybuffer'
}

/** What it resolves to. */
export interface UniRequestResult {
  readonly errMsg: 'request:ok'
  readonly statusCode: number
  readonly data: unknown
  readonly header: Readonly<Record<string, string | string[]>>
  readonly cookies: readonly string[]
}

const TIMEOUT_MS = 60_000

/** `uniCloud.request`. */
export async function uniRequest(options: UniRequestOptions): Promise<UniRequestResult> {
  const { url, data, header = {}, timeout = TIMEOUT_MS, dataType = 'json', responseType = 'text' } = options
  if (typeof url !== 'string') throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'url' })
  const method = (options.method ?? 'GET').toUpperCase()
  const headers = Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]))
  const isRead = method === 'GET' || method === 'HEAD'
  const body = isRead ? undefined : bodyOf(data, headers)
  const reply = await exchange({
    method,
    url: isRead ? withQuery(url, queryText(data, false)) : url,
    headers,
    ...(body === undefined ? {} : { body }),
    timeoutMs: timeout,
    followRedirect: true,
  })
  const { 'set-cookie': cookies = [] } = reply.headers
  return {
    errMsg: 'request:ok',
    statusCode: reply.status,
    data: responseType === 'arraybuffer' ? reply.body : textData(reply.body.toString('utf8'), dataType),
    header: reply.headers,
    cookies: typeof cookies === 'string' ? [cookies] : cookies,
  }
}

function bodyOf(data: unknown, headers: Record<string, string>): string | Uint8Array | undefined {
  if (data === undefined || data === null) return undefined
  if (typeof data === 'string' || data instanceof Uint8Array) return data
  headers['content-type'] ??= 'application/json'
  const isForm = headers['content-type'].startsWith('application/x-www-form-urlencoded')
  return isForm ? queryText(data, false) : JSON.stringify(data)
}

function textData(text: string, dataType: string): unknown {
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    // As uni.request has it: what is no JSON is handed on as it came.
    return text
  }
}
