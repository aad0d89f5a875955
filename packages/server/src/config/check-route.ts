import { compilePattern } from '../gateway/route-pattern.ts'
import { checkPlatforms } from '../secure-network/policy/check-platforms.ts'
import { warnOfRules } from '../secure-network/policy/warn-of-rules.ts'
import type { AssociatedApp } from '../secure-network/policy-source.ts'
import type { Report } from './mistake.ts'
import { at } from './place.ts'
import type { Place } from './place.ts'

/**
 * Reports what is wrong in one route of the gateway by itself: addresses, and the rules of its policy. What does not fit
 * the schema is passed over, since that is told already. `apps`: those that may come; undefined: not known here.
 */
export function checkRoute(route: Place, report: Report, apps?: readonly AssociatedApp[]): void {
  const [path = '', upstream, prefix] = ['path', 'upstream', 'stripPrefix'].map((name) => textOf(at(route, name)))
  if (path !== '' && !compilePattern(path)) report('GATEWAY_PATH_WRONG', at(route, 'path'), { path })
  if (upstream !== undefined && !isUpstream(upstream))
    report('GATEWAY_UPSTREAM_WRONG', at(route, 'upstream'), { upstream: shown(upstream) })
  if (prefix !== undefined && path !== '' && !isPrefix(prefix, path))
    report('GATEWAY_PREFIX_WRONG', at(route, 'stripPrefix'), { path, prefix })
  checkPlatforms(at(route, 'policy'), report)
  warnOfRules(at(route, 'policy'), report, apps)
}

/** An empty text is the schema's to complain of. */
function textOf({ value }: Place): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isUpstream(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return false
  const { username, password, search, hash, href } = url
  // A path that URL would have to mend is not the one that was meant.
  return `${username}${password}${search}${hash}` === '' && !/[?#]/.test(text) && sameButSlash(href, text)
}

function sameButSlash(one: string, other: string): boolean {
  return one.replace(/\/$/, '').toLowerCase() === other.replace(/\/$/, '').toLowerCase()
}

/** A password in an address is not for the screen. */
function shown(upstream: string): string {
  return upstream.replace(/\/\/[^/]*@/, '//…@')
}

function isPrefix(prefix: string, path: string): boolean {
  const isWhole = path === prefix || path.startsWith(`${prefix}/`)
  return prefix.startsWith('/') && !prefix.endsWith('/') && !/[:*]/.test(prefix) && isWhole
}
