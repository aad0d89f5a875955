import { DrawbridgeError } from '@drawbridge/protocol'

/** An integrated response's headers, fit to be sent. */
export interface ReplyHeaders {
  /** undefined: the function named none. */
  readonly contentType: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

const NAME = /^[!#$%&'*+.^_`|~\w-]{1,128}$/
/** Visible characters, blanks, tabs, and Latin-1; no line break, which would begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const VALUES_MAX_CHARS = 16_384

/**
 * What a function may not say: it belongs to the connection, or it speaks for the whole server, which other functions
 * and the API share an origin with. Left out, not refused: existing functions say such things by habit.
 */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'date',
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'public-key-pins',
  'service-worker-allowed',
  'strict-transport-security',
  'x-content-type-options',
  'x-request-id',
])

/** Throws `FUNCTION_HTTP_REPLY_INVALID` for what is no header: a name with a blank, a value with a line break, an object. */
export function replyHeaders(said: unknown): ReplyHeaders {
  if (said === undefined || said === null) return { contentType: undefined, headers: {} }
  if (typeof said !== 'object' || Array.isArray(said)) throw invalid('headers is no object')
  const headers: Record<string, string | readonly string[]> = Object.create(null) as Record<string, string>
  let contentType: string | undefined
  let chars = 0
  for (const [writtenName, value] of Object.entries(said)) {
    const name = writtenName.toLowerCase()
    if (!NAME.test(name)) throw invalid('the name of a header')
    const texts = (Array.isArray(value) ? value : [value]).map((one: unknown) => headerText(name, one))
    chars += texts.reduce((sum, text) => sum + name.length + text.length, 0)
    if (chars > VALUES_MAX_CHARS) throw invalid('headers are too long')
    const [first = ''] = texts
    if (NOT_ITS_OWN.has(name) || name.startsWith('x-drawbridge-')) continue
    if (name === 'content-type') contentType = first
    else headers[name] = texts.length === 1 ? first : texts
  }
  return { contentType, headers }
}

function headerText(name: string, value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof text !== 'string' || !VALUE.test(text)) throw invalid(`header ${name}`)
  return text
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('FUNCTION_HTTP_REPLY_INVALID', { reason })
}
