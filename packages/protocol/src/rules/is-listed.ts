import type { Rule } from './rule-set.ts'

/** Who calls, as far as clients know it of themselves. */
export interface ListedCaller {
  readonly appId: string
  /** uniCloud's `uniPlatform`; for `app` the rule is about `osName`. */
  readonly uniPlatform: string
  readonly osName?: string
}

/** Whether a rule lists this app on this platform, which is all that uniCloud's client asks before it calls. */
export function isListed(rule: Rule, caller: ListedCaller): boolean {
  return isOfApp(rule, caller) && isOfPlatform(rule, caller)
}

/** Whether a rule is about this app, or about all. */
export function isOfApp(rule: Rule, { appId }: ListedCaller): boolean {
  return rule.appId === undefined || rule.appId === appId
}

/** Whether a rule is about this platform, or about all. */
export function isOfPlatform({ platform }: Rule, { uniPlatform, osName = '' }: ListedCaller): boolean {
  if (platform === undefined) return true
  const actual = uniPlatform.toLowerCase()
  return platform.toLowerCase() === (actual === 'app' ? osName.toLowerCase() : actual)
}
