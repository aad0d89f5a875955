import { STATUS_CODES } from 'node:http'
import { exchange } from './exchange.ts'
import type { HttpReply } from './exchange.ts'
import { queryText, withQuery } from './query-text.ts'

/**
 * What the text parses to that a call through `httpProxyForEip` resolves to, as Aliyun documents it for
 * `ctx.httpProxyClient`.
 */
export interface ProxyReply {
  /** Names as `Content-Type`; `Set-Cookie` is a list. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** The parsed value of a reply of type application/json, else text. */
  readonly body: unknown
  /** The status in words: `OK`, `NOT_FOUND`. */
  readonly statusCode: string
  readonly statusCodeValue: number
}

const TIMEOUT_MS = 5000

/**
 * `uniCloud.httpProxyForEip`: plain calls, since this server's own address is the fixed one. Each resolves to the JSON
 * text of a {@link ProxyReply}, and takes a plain object of headers last.
 */
export const proxyForEip = {
  get: (url: string, params: unknown = {}, headers?: unknown): Promise<string> =>
    send('GET', withQuery(url, queryText(params, false)), undefined, '', headers),
  postForm: (url: string, data: unknown = {}, headers?: unknown): Promise<string> =>
    send('POST', url, queryText(data, false), 'application/x-www-form-urlencoded', headers),
  postJson: (url: string, data: unknown = {}, headers?: unknown): Promise<string> =>
    send('POST', url, JSON.stringify(data), 'application/json', headers),
  post: (url: string, text = '', headers?: unknown): Promise<string> => send('POST', url, text, 'text/plain', headers),
}

async function send(
  method: string,
  url: string,
  body: string | undefined,
  contentType: string,
  headers: unknown,
): Promise<string> {
  const reply = await exchange({
    method,
    url,
    headers: { ...(contentType === '' ? {} : { 'content-type': contentType }), ...sentHeaders(headers) },
    ...(body === undefined ? {} : { body }),
    timeoutMs: TIMEOUT_MS,
    followRedirect: false,
  })
  return JSON.stringify(toProxyReply(reply))
}

/** Values may be of any type: uni-open-bridge-common passes the options of another API here. */
function sentHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null) return {}
  const said = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(said.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function toProxyReply({ status, headers, body }: HttpReply): ProxyReply {
  const named = Object.entries(headers).map(([name, value]) => [capitalised(name), value] as const)
  const isJson = /^application\/json\b/i.test(String(headers['content-type'] ?? ''))
  const text = body.toString('utf8')
  return {
    headers: Object.fromEntries(named),
    body: isJson ? parsedOrText(text) : text,
    statusCode: (STATUS_CODES[status] ?? String(status)).toUpperCase().replace(/\W+/g, '_'),
    statusCodeValue: status,
  }
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Said to be JSON and is not: who asked sees what came.
    return text
  }
}

function capitalised(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}
