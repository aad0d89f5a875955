import type { Space } from '../spaces/space.ts'

/** What browsers are told of origins: which pages may call which space. */
export interface Origins {
  /** Headers for a page's preflight, which names no space; undefined: no space admits the origin. */
  preflight(origin: string | undefined): Readonly<Record<string, string>> | undefined
  /** Headers that let the page of this origin read an answer of the space, or, without one, of no space in particular. */
  readable(origin: string | undefined, space: Space | undefined): Readonly<Record<string, string>>
  /** Whether the space answers this request; one without an origin comes from no browser's page. */
  admits(origin: string | undefined, space: Space): boolean
}

const PREFLIGHT_SECONDS = '600'

const STOCK_HEADERS = 'content-type, x-serverless-sign, x-basement-token, x-client-info, x-client-token'

/**
 * @param spaces all that are served. No credentials are ever allowed: the client sends none.
 * @param requestHeaders what a page may send; the stock client's headers when left out.
 */
export function createOrigins(spaces: readonly Space[], requestHeaders = STOCK_HEADERS): Origins {
  const everywhere = { 'access-control-expose-headers': 'request-id, x-request-id' }
  const isListed = (origin: string, { origins }: Space): boolean => origins.includes(origin) || origins.includes('*')
  const isListedSomewhere = (origin: string): boolean => spaces.some((space) => isListed(origin, space))

  return {
    preflight(origin) {
      if (origin === undefined || !isListedSomewhere(origin)) return undefined
      return {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': PREFLIGHT_SECONDS,
        vary: 'Origin',
      }
    },
    readable(origin, space) {
      if (origin === undefined) return { vary: 'Origin' }
      const isAllowed = space ? isListed(origin, space) : isListedSomewhere(origin)
      return isAllowed ? { 'access-control-allow-origin': origin, ...everywhere, vary: 'Origin' } : { vary: 'Origin' }
    },
    admits(origin, space) {
      return origin === undefined || isListed(origin, space)
    },
  }
}
