import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import { replyHeaders } from './reply-headers.ts'

const REPLY_MAX_BYTES = 2 * 1024 * 1024
const TEXT = 'text/plain; charset=utf-8'
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * A browser may show what a function answers, but not as a part of this origin, where the API and other spaces'
 * functions are: its scripts run in an origin of their own.
 */
const SANDBOX = 'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads'

/**
 * The HTTP answer for what a function returned: text and numbers as text, the rest as JSON, unless it is an
 * integrated response (`mpserverlessComposedResponse: true`; in a Tencent space whatever has a `statusCode`). Throws
 * `FUNCTION_HTTP_REPLY_INVALID`.
 * @param text the result as JSON.
 */
export function httpReply(text: string, provider: string): Answer {
  const value: unknown = JSON.parse(text)
  if (isComposed(value, provider)) return composedReply(value)
  if (typeof value === 'string' || typeof value === 'number') return plain(200, String(value), TEXT, {})
  return plain(200, text, undefined, {})
}

interface Composed {
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
}

function isComposed(value: unknown, provider: string): value is Composed {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if ('mpserverlessComposedResponse' in value && value.mpserverlessComposedResponse === true) return true
  return (provider === 'tencent' || provider === 'tcb') && 'statusCode' in value
}

function composedReply({ statusCode = 200, headers: said, body, isBase64Encoded }: Composed): Answer {
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw invalid('statusCode is not a number from 200 to 599')
  }
  const { contentType, headers } = replyHeaders(said)
  if (statusCode === 204 || statusCode === 205 || statusCode === 304)
    return { status: statusCode, headers: safe(headers) }
  if (isBase64Encoded === true) {
    if (typeof body !== 'string' || !BASE64.test(body)) throw invalid('body is no base64')
    return plain(statusCode, Buffer.from(body, 'base64'), contentType ?? 'application/octet-stream', headers)
  }
  if (body === undefined || body === null) return plain(statusCode, '', contentType ?? TEXT, headers)
  if (typeof body === 'string') return plain(statusCode, body, withCharset(contentType ?? TEXT), headers)
  return plain(statusCode, JSON.stringify(body), contentType, headers)
}

function plain(
  status: number,
  body: string | Uint8Array,
  contentType: string | undefined,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Answer {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  if (bytes > REPLY_MAX_BYTES) throw invalid(`body has ${bytes} bytes, more than ${REPLY_MAX_BYTES}`)
  return { status, body, ...(contentType !== undefined && { contentType }), headers: safe(headers) }
}

/** A function's own policy may narrow ours, and cannot widen it: a browser obeys both. */
function safe({
  'content-security-policy': own = [],
  ...headers
}: Readonly<Record<string, string | readonly string[]>>): Readonly<Record<string, string | readonly string[]>> {
  return { ...headers, 'content-security-policy': [...(typeof own === 'string' ? [own] : own), SANDBOX] }
}

/** Text is sent in UTF-8, and says so. */
function withCharset(contentType: string): string {
  return /^(text\/[\w.+-]+|application\/(javascript|json|xml))$/i.test(contentType)
    ? `${contentType}; charset=utf-8`
    : contentType
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('FUNCTION_HTTP_REPLY_INVALID', { reason })
}
