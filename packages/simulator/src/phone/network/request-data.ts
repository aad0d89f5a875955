import { WxError } from '../wx-error.ts'

/** What a request sends: the URL with data in its query, or a body. */
export interface WrittenData {
  readonly url: URL
  readonly body: Buffer | undefined
}

/**
 * Writes `data` as wx.request does: into the query for GET, as query encoding for forms, as JSON otherwise; text and
 * ArrayBuffers go as they are. Throws errno 600010 for data of another kind.
 */
export function writeRequestData(input: {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: unknown
}): WrittenData {
  const { url, method, data } = input
  if (data === undefined || data === null) return { url, body: undefined }
  const inQuery = method === 'GET' || method === 'HEAD'
  if (data instanceof ArrayBuffer) return { url, body: inQuery ? undefined : Buffer.from(data) }
  if (typeof data !== 'string' && typeof data !== 'object') throw new WxError('request', 'invalid request data', 600010)
  if (inQuery) return { url: withQuery(url, data), body: undefined }
  if (typeof data === 'string') return { url, body: Buffer.from(data, 'utf8') }
  const isForm = (input.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  return { url, body: Buffer.from(isForm ? queryText(data) : JSON.stringify(data), 'utf8') }
}

function withQuery(url: URL, data: string | object): URL {
  const added = typeof data === 'string' ? data : queryText(data)
  if (added === '') return url
  const changed = new URL(url)
  changed.search = changed.search === '' ? added : `${changed.search.slice(1)}&${added}`
  return changed
}

function queryText(data: object): string {
  return Object.entries(data)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(queryValue(value))}`)
    .join('&')
}

function queryValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
