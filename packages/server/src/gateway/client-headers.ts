import { invalidRequest } from './invalid-request.ts'

/** A header: name in lower case, value. */
export type Header = readonly [name: string, value: string]

const HEADERS_MAX = 64
const HEADERS_MAX_CHARS = 8192
/**
 * Letters, digits and single dashes. `x_drawbridge_openid` and `x-drawbridge-openid` are one name to backends behind
 * CGI, WSGI or PHP, so nothing else will do.
 */
const NAME = /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/
/** Of a name, when the client is told of it. */
const TOLD_MAX_CHARS = 64
/** No line break, which would begin another header, and nothing that is read differently by charset. */
const VALUE = /^[\t\x20-\x7e]*$/

/** Left out without a word: they are the connection's or the gateway's own, or make a backend see another request. */
const NOT_THE_CLIENTS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'max-forwards',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-client-ip',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-real-ip',
  'x-rewrite-url',
])
const NOT_THE_CLIENTS_BEGIN = ['x-drawbridge-', 'x-forwarded-', 'x-original-', 'proxy-', 'sec-websocket-']

/**
 * The headers that a client may send along, names in lower case. Throws `GATEWAY_REQUEST_INVALID` for what is no
 * header, for a name that stands there twice, and for too many.
 */
export function clientHeaders(said: Readonly<Record<string, string>>): readonly Header[] {
  const entries = Object.entries(said)
  const chars = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (entries.length > HEADERS_MAX || chars > HEADERS_MAX_CHARS) throw invalidRequest('header', 'too many')
  const headers = new Map<string, string>()
  for (const [written, value] of entries) {
    // Before capitals are changed: some signs that are no letters of ASCII become such.
    if (!NAME.test(written)) throw invalidRequest('header', 'the name of one')
    const name = written.toLowerCase()
    const told = name.slice(0, TOLD_MAX_CHARS)
    if (!VALUE.test(value)) throw invalidRequest('header', `the value of ${told}`)
    if (headers.has(name)) throw invalidRequest('header', `${told} stands there twice`)
    headers.set(name, value)
  }
  return [...headers].filter(([name]) => isTheClients(name))
}

function isTheClients(name: string): boolean {
  return (
    !NOT_THE_CLIENTS.has(name) && !NOT_THE_CLIENTS_BEGIN.some((start) => name.startsWith(start) || `${name}-` === start)
  )
}
