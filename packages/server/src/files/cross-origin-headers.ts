import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { Space } from '../spaces/space.ts'

const REMEMBERED_SECONDS = '600'

/** What lets a browser page of the space's origins read the answer; nothing for anybody else. */
export function crossOriginHeaders({ headers }: Arrival, { origins }: Space): Readonly<Record<string, string>> {
  const { origin } = headers
  const isAllowed = origin !== undefined && (origins.includes('*') || origins.includes(origin))
  return {
    vary: 'origin',
    ...(isAllowed && {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'content-disposition, content-length, content-range, x-request-id',
    }),
  }
}

/** The answer to a browser that asks beforehand. The stock client sends a header that it misspells; any header is fine. */
export function preflightAnswer(arrival: Arrival, space: Space, methods: string): Answer {
  const wanted = arrival.headers['access-control-request-headers']
  return {
    status: 204,
    headers: {
      ...crossOriginHeaders(arrival, space),
      'access-control-allow-methods': methods,
      'access-control-max-age': REMEMBERED_SECONDS,
      ...(wanted !== undefined &&
        /^[\w!#$&'*+.^`|~, -]{1,512}$/.test(wanted) && { 'access-control-allow-headers': wanted }),
    },
  }
}
