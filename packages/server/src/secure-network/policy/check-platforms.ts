import type { Rule } from '@drawbridge/protocol'
import type { Report } from '../../config/mistake.ts'
import { at } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'

/** The platforms on which a client can prove itself. */
const PLATFORMS = ['mp-weixin', 'android', 'ios', 'harmony'] as const

/** Reports platforms that no client is on; answers whether there are none. */
export function checkPlatforms(list: readonly Rule[], place: Place, report: Report): boolean {
  let isGood = true
  for (const [index, { platform }] of list.entries()) {
    if (platform === undefined || PLATFORMS.some((each) => each === platform.toLowerCase())) continue
    isGood = false
    const suggestion = suggest(platform, PLATFORMS)
    report('RULE_PLATFORM_UNKNOWN', at(place, index, 'platform'), { platform, ...(suggestion && { suggestion }) })
  }
  return isGood
}
