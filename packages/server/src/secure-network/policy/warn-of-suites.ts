import type { Report } from '../../config/mistake.ts'
import { elements, members } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'

/** What the clients seal with: 2 in JavaScript unless they are made with 1. */
const SPOKEN: readonly unknown[] = [1, 2]

/** Warns of platforms for which only suites are allowed that no client speaks. */
export function warnOfSuites(suites: Place, report: Report): void {
  for (const [platform, list] of members(suites)) {
    const allowed = elements(list).map(({ value }) => value)
    if (!allowed.some((suite) => SPOKEN.includes(suite)))
      report('SUITES_NEVER_SPOKEN', list, { platform, suites: JSON.stringify(allowed) })
  }
}
