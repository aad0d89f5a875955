import { TextDecoder } from 'node:util'
import type { HttpInfo } from '@drawbridge/runtime'
import type { Arrival } from '../http/arrival.ts'

/** What a function is told of its request. @param below the segments of the path below the mount. */
export function httpInfo({ method, target, headers, body }: Arrival, below: readonly string[]): HttpInfo {
  const { pathname, query } = splitTarget(target)
  const isFolder = below.length > 0 && pathname.endsWith('/')
  return {
    path: `/${below.join('/')}${isFolder ? '/' : ''}`,
    httpMethod: method,
    headers: textHeaders(headers),
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    ...bodyText(body),
  }
}

/** A request line's path and query, as they stand there. */
export function splitTarget(target: string): { readonly pathname: string; readonly query: string } {
  const at = target.indexOf('?')
  return at === -1 ? { pathname: target, query: '' } : { pathname: target.slice(0, at), query: target.slice(at + 1) }
}

function textHeaders(headers: Arrival['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
    ),
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text where the bytes are text, base64 where they are not: no byte is lost either way. */
function bodyText(body: Uint8Array | undefined): Pick<HttpInfo, 'body' | 'isBase64Encoded'> {
  if (body === undefined) return { body: '', isBase64Encoded: false }
  try {
    return { body: utf8.decode(body), isBase64Encoded: false }
  } catch {
    return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
  }
}
