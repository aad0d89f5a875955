import type { Report } from '../../config/mistake.ts'
import { at, elements } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'

/** The platforms on which a client can prove itself. */
const PLATFORMS = ['mp-weixin', 'android', 'ios', 'harmony'] as const

/** Whether clients on it can prove themselves; case does not count. */
export function isClientPlatform(platform: string): boolean {
  return PLATFORMS.some((each) => each === platform.toLowerCase())
}

/** Reports platforms of a list of rules that no client is on. What is no rule is passed over: its schema tells of it. */
export function checkPlatforms(list: Place, report: Report): void {
  for (const rule of elements(list)) {
    const place = at(rule, 'platform')
    const { value: platform } = place
    if (typeof platform !== 'string' || platform === '') continue
    if (isClientPlatform(platform)) continue
    const suggestion = suggest(platform, PLATFORMS)
    report('RULE_PLATFORM_UNKNOWN', place, { platform, ...(suggestion && { suggestion }) })
  }
}
