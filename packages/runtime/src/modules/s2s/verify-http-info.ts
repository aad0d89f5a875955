import { hash, timingSafeEqual } from 'node:crypto'
import { refused } from './s2s-error.ts'
import { assertOneReading, s2sPayload } from './s2s-payload.ts'
import type { S2sData } from './s2s-payload.ts'
import type { S2sPolicy } from './s2s-policy.ts'

/** A request as uniCloud's gateway describes it to a function with a URL. */
export interface S2sHttpInfo {
  readonly httpMethod: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: string | undefined
  readonly isBase64Encoded?: boolean
  readonly queryStringParameters?: S2sData
}

/**
 * Checks a request by uni-cloud-s2s's rules (the module's `verifyHttpInfo`), less its faults: the timestamp must be a
 * number, sha256 is SHA-256 unless told otherwise, comparison takes constant time, base64 bodies are decoded, and data
 * whose signature fits other data too is refused. True, or throws errCode 51000.
 * @param now ms since epoch.
 */
export function verifyHttpInfo(policy: S2sPolicy, httpInfo: S2sHttpInfo, now: number): true {
  const header = headerReader(httpInfo.headers)
  if (policy.type === 'connectCode') {
    const [scheme, code, ...rest] = header('unicloud-s2s-authorization').split(' ')
    const fits = constantTimeEqual(code ?? '', policy.connectCode)
    if (fits && scheme?.toUpperCase() === 'CONNECTCODE' && rest.length === 0) return true
    throw refused("Invalid CONNECTCODE in headers['Unicloud-S2s-Authorization']")
  }

  const timestamp = header('unicloud-s2s-timestamp')
  assertTimestamp(timestamp, policy.toleranceMs, now)
  const [method, signature, ...rest] = header('unicloud-s2s-signature').split(' ')
  if (method?.toLowerCase() !== policy.hashMethod || !signature || rest.length > 0) {
    throw refused("Invalid signature in headers['Unicloud-S2s-Signature']")
  }
  const data = signedData(httpInfo, header('content-type').toLowerCase())
  assertOneReading(data)
  if (constantTimeEqual(policy.digest(`${timestamp}\n${s2sPayload(data)}`), signature)) return true
  throw refused('Access denied')
}

/** Throws errCode 51000 unless it is a whole number of ms within the tolerance; `x` passes the reference for ever. */
function assertTimestamp(timestamp: string, toleranceMs: number, now: number): void {
  if (!/^\d{1,15}$/.test(timestamp)) {
    throw refused("Invalid timestamp in headers['Unicloud-S2s-Timestamp']")
  }
  if (Math.abs(now - Number(timestamp)) > toleranceMs) {
    throw refused('Invalid timestamp: too far from the time of this server')
  }
}

function headerReader(headers: S2sHttpInfo['headers']): (name: string) => string {
  const byName = new Map<string, string>()
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string') byName.set(name.toLowerCase(), value)
  return (name) => byName.get(name) ?? ''
}

function signedData(httpInfo: S2sHttpInfo, contentType: string): S2sData {
  const method = httpInfo.httpMethod.toUpperCase()
  if (method === 'GET') return httpInfo.queryStringParameters ?? {}
  if (method !== 'POST') throw refused(`Unsupported http method: ${method.slice(0, 16)}`)
  const body = httpInfo.isBase64Encoded ? Buffer.from(httpInfo.body ?? '', 'base64').toString() : (httpInfo.body ?? '')
  if (contentType.startsWith('application/json')) return jsonFields(body)
  if (contentType.startsWith('application/x-www-form-urlencoded')) return formFields(body)
  throw refused('Unsupported content-type')
}

function jsonFields(body: string): S2sData {
  try {
    const data: unknown = JSON.parse(body || '{}')
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return { ...data }
  } catch {
    // The parser's own message quotes the body, and the body may hold a credential.
  }
  throw refused('The body is not a JSON object')
}

/** A field that is repeated is an array to the reference, and so not signed. */
export function formFields(text: string): S2sData {
  const fields = new Map<string, string | undefined>()
  for (const [name, value] of new URLSearchParams(text)) fields.set(name, fields.has(name) ? undefined : value)
  return Object.fromEntries(fields)
}

function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}
