import { createHash, createHmac } from 'node:crypto'

/** A request as it reached the server. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/**
 * Whether a request carries AWS Signature Version 4 under this secret, in its headers or its query. Written from
 * Amazon's description alone ("Authenticating Requests", S3 API reference), so that it can contradict the library that
 * signs.
 */
export function verifySigv4(request: SignedRequest, secret: string, at: number): boolean {
  const url = new URL(request.target, 'http://host')
  const query = [...url.searchParams]
  const isInQuery = url.searchParams.has('X-Amz-Signature')
  const authorization = String(request.headers['authorization'] ?? '')
  const [, credential = '', names = '', given = ''] = isInQuery
    ? ['', 'X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature'].map((name) => url.searchParams.get(name) ?? '')
    : (/^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(authorization) ?? [])
  const [, day = '', region = '', service = ''] = credential.split('/')
  const date = isInQuery ? (url.searchParams.get('X-Amz-Date') ?? '') : String(request.headers['x-amz-date'] ?? '')
  if (isInQuery && at > instantOf(date) + 1000 * Number(url.searchParams.get('X-Amz-Expires'))) return false
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    names,
    isInQuery ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256'] ?? ''),
  ].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return given !== '' && hmac(key, text).toString('hex') === given
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** `20130524T000000Z` in ms since epoch. */
function instantOf(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
