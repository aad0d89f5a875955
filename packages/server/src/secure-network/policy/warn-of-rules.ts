import type { Report } from '../../config/mistake.ts'
import { at, elements } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import type { AssociatedApp } from '../policy-source.ts'
import { isClientPlatform } from './check-platforms.ts'

/** Evidence of the device is what apps have; mini programs have none. */
const WITHOUT_EVIDENCE = 'mp-weixin'

/** An app that may come; what is left out of it is not known. */
export type RuleApp = Pick<AssociatedApp, 'appId'> & Partial<AssociatedApp>

/**
 * Warns of rules of a list that admit nobody, although each is well written. What is no rule is passed over. `apps`:
 * those that may come; undefined: not known here.
 */
export function warnOfRules(list: Place, report: Report, apps?: readonly RuleApp[]): void {
  for (const rule of elements(list)) {
    const isToldOf = warnOfEvidence(rule, report)
    if (apps) warnOfApps(rule, isToldOf, report, apps)
  }
}

/** What no client ever shows. True: told. */
function warnOfEvidence(rule: Place, report: Report): boolean {
  const platform = textOf(rule, 'platform')?.toLowerCase()
  const isFresh = at(rule, 'fresh').value === true
  const asked = asksLevel(rule) ? 'minLevel' : isFresh ? 'fresh' : undefined
  if (platform === WITHOUT_EVIDENCE && asked) report('RULE_NEVER_MET', rule, { platform, asked })
  // No wire carries one: openers say so of every call.
  else if (isFresh) report('RULE_FRESH_NEVER_MET', rule)
  else return false
  return true
}

/** What none of the apps that may come is or has. */
function warnOfApps(rule: Place, isToldOf: boolean, report: Report, apps: readonly RuleApp[]): void {
  const [appId, platform, version] = ['appId', 'platform', 'version'].map((name) => textOf(rule, name))
  const own = apps.filter((app) => appId === undefined || app.appId === appId)
  if (own.length === 0) {
    // Of an empty list of apps it is told as a whole.
    if (appId !== undefined) report('SECURE_RULE_APP_UNKNOWN', at(rule, 'appId'), { appId })
    return
  }
  if (isToldOf || (platform !== undefined && !isClientPlatform(platform))) return
  const here = own.filter((app) => platform === undefined || isOn(app, platform))
  const binding = version === undefined ? undefined : bindings[version]
  if (here.length === 0) report('RULE_PLATFORM_WITHOUT_APP', at(rule, 'platform'), { platform: platform ?? '' })
  else if (version !== undefined && binding && here.every((app) => app[binding]?.length === 0))
    report('RULE_VERSION_WITHOUT_BINDING', at(rule, 'version'), { version, binding })
  else if (asksLevel(rule) && here.every((app) => app.platform === WITHOUT_EVIDENCE))
    report('RULE_LEVEL_NEVER_MET', rule, { asked: 'minLevel' })
}

const bindings: Readonly<Record<string, 'release' | 'development'>> = Object.assign(
  Object.create(null) as Record<string, never>,
  { production: 'release', development: 'development' } as const,
)

function isOn(app: RuleApp, platform: string): boolean {
  return app.platform === undefined || app.platform.toLowerCase() === platform.toLowerCase()
}

function asksLevel(rule: Place): boolean {
  const { value } = at(rule, 'minLevel')
  return typeof value === 'number' && value > 0
}

function textOf(rule: Place, name: string): string | undefined {
  const { value } = at(rule, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
