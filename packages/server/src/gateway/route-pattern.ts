/** A path pattern, ready to be asked. */
export interface RoutePattern {
  /** Whether the path is one of the pattern's, letter by letter. */
  matches(path: string): boolean
  /**
   * Whether a backend that overlooks case and a slash at the end might take the path for one of the pattern's. A path
   * that matches so and not letter by letter must not slip by to a later route with another policy.
   */
  resembles(path: string): boolean
}

const LITERAL = /^[\w.~-]+$/
const NAMED = /^:[A-Za-z]\w*$/

/**
 * `/orders/new`; `/orders/:id` with one segment in the place of `:id`; `/orders/*` with `/orders` and everything below.
 * Undefined for what is no pattern. Literal parts consist of letters, digits and `-._~`.
 */
export function compilePattern(text: string): RoutePattern | undefined {
  const segments = segmentsOf(text)
  if (!segments) return undefined
  const [strict, loose] = [source(segments), source(segments.map((segment) => segment.toLowerCase()))]
  const exact = new RegExp(`^${strict}$`)
  const near = new RegExp(`^${loose}/?$`)
  return {
    matches: (path) => exact.test(path),
    resembles: (path) => near.test(path.toLowerCase()),
  }
}

/** Whether no path is left to the later pattern. Both are patterns. */
export function coversPattern(earlier: string, later: string): boolean {
  const [one = [], other = []] = [segmentsOf(earlier), segmentsOf(later)]
  for (const [index, segment] of one.entries()) {
    if (segment === '*') return true
    const rival = other[index]
    if (rival === undefined || rival === '*') return false
    if (!segment.startsWith(':') && segment.toLowerCase() !== rival.toLowerCase()) return false
  }
  return one.length === other.length
}

function segmentsOf(text: string): readonly string[] | undefined {
  if (!text.startsWith('/')) return undefined
  if (text === '/') return ['']
  const segments = text.slice(1).split('/')
  const isSound = segments.every((segment, index) => {
    if (segment === '*') return index === segments.length - 1
    return NAMED.test(segment) || (LITERAL.test(segment) && segment !== '.' && segment !== '..')
  })
  return isSound ? segments : undefined
}

function source(segments: readonly string[]): string {
  return segments
    .map((segment) => {
      if (segment === '*') return '(?:/[^]*)?'
      return segment.startsWith(':') ? '/[^/]+' : `/${segment.replace(/[.~-]/g, '\\$&')}`
    })
    .join('')
}
