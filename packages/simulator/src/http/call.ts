import { Refusal } from '../errors/refusal.ts'

/** One of the platform's hosts. */
export type HostName = 'api.weixin.qq.com' | 'api.q.qq.com' | 'graph.qq.com'

/** A request, taken apart but not yet judged. */
export interface Call {
  readonly method: string
  readonly path: string
  /** The host that the caller named by prefix, absolute URL or Host header; undefined: any. */
  readonly host: HostName | undefined
  /** Null prototype. */
  readonly query: Readonly<Record<string, string>>
  /** The exact bytes. */
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly address: string
}

/** A request as the listener received it. */
export interface RawCall {
  readonly method: string
  readonly url: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly address: string
  /** Does the connection itself come from this machine? */
  readonly isLoopback: boolean
}

const hosts: Readonly<Record<string, HostName>> = Object.assign(Object.create(null) as object, {
  'api.weixin.qq.com': 'api.weixin.qq.com',
  'api2.weixin.qq.com': 'api.weixin.qq.com',
  'sh.api.weixin.qq.com': 'api.weixin.qq.com',
  'sz.api.weixin.qq.com': 'api.weixin.qq.com',
  'hk.api.weixin.qq.com': 'api.weixin.qq.com',
  'api.q.qq.com': 'api.q.qq.com',
  'graph.qq.com': 'graph.qq.com',
}) as Readonly<Record<string, HostName>>

/** Takes a request apart: `/api.q.qq.com/api/getToken?appid=1` is path `/api/getToken` on QQ's host. */
export function parseCall({ method, url, body, headers, address }: Omit<RawCall, 'isLoopback'>): Call {
  const [target, search] = split(withoutOrigin(url), '?')
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(target) ?? []
  const prefixed = hosts[first]
  const host = prefixed ?? hosts[hostname(url, headers)]
  return {
    method,
    path: prefixed === undefined ? target : rest || '/',
    host,
    query: parseQuery(search),
    body,
    headers,
    address,
  }
}

/** The call with the fields of its body in the query, where the body is said to be a form and the query has no such field. */
export function withForm(call: Call): Call {
  if (!/^application\/x-www-form-urlencoded\b/i.test(String(call.headers['content-type'] ?? ''))) return call
  const fields = parseQuery(call.body.toString('utf8'))
  return { ...call, query: Object.assign(Object.create(null), fields, call.query) as Call['query'] }
}

/** The body as a JSON object. Throws 44002 for an empty body and 47001 for anything else that is not one. */
export function jsonBody(call: Call): Readonly<Record<string, unknown>> {
  if (call.body.length === 0) throw new Refusal(44002)
  const parsed = tryJson(call.body.toString('utf8'))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Refusal(47001)
  return parsed as Readonly<Record<string, unknown>>
}

/** A field of a JSON body or query as text; undefined when absent, empty or not a text. */
export function text(from: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = from[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parseQuery(search: string): Readonly<Record<string, string>> {
  const query = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(search)) query[name] ??= value
  return query
}

function tryJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

function withoutOrigin(url: string): string {
  const bare = url.replace(/^https?:\/\/[^/?#]*/i, '')
  return bare.startsWith('/') ? bare : `/${bare}`
}

function hostname(url: string, headers: RawCall['headers']): string {
  const absolute = /^https?:\/\/([^/?#:]*)/i.exec(url)?.[1]
  return (absolute ?? String(headers['host'] ?? '').replace(/:\d+$/, '')).toLowerCase()
}

function split(source: string, mark: string): [string, string] {
  const at = source.indexOf(mark)
  return at < 0 ? [source, ''] : [source.slice(0, at), source.slice(at + 1)]
}
