import type { Rule, RuleSet } from '@drawbridge/protocol'

/** For whom a rule file is written. */
export type RuleAudience =
  /** For a client's build, and for `policy import`: everything, clientDB under the name that is called. */
  | 'client'
  /** For DCloud's console: what it knows, clientDB under the name of its documentation. */
  | 'dcloud-console'

/** A rule file, and the keys whose rules lost what DCloud's console does not know. */
export interface WrittenRules {
  readonly text: string
  readonly weakened: readonly string[]
}

/**
 * Writes rules in DCloud's rule-file format. The stock client looks clientDB up under `DCloud-clientDB`, although its
 * documentation says `uni-clientDB`: a file for clients has the former.
 */
export function writeRules(rules: RuleSet, audience: RuleAudience): WrittenRules {
  if (audience === 'client') return { text: `${JSON.stringify(rules, undefined, 2)}\n`, weakened: [] }
  const weakened: string[] = []
  const entries = Object.entries(rules).map(([key, list]) => {
    if (list.some(asksMore)) weakened.push(key)
    return [key.replaceAll('DCloud-clientDB', 'uni-clientDB'), distinct(list.map(plainRule))] as const
  })
  return { text: `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`, weakened }
}

function asksMore({ minLevel = 0, secretType = 'none', fresh = false }: Rule): boolean {
  return minLevel > 0 || secretType !== 'none' || fresh
}

function plainRule({ appId, platform, version }: Rule): Rule {
  return {
    ...(appId !== undefined && { appId }),
    ...(platform !== undefined && { platform }),
    ...(version !== undefined && { version }),
  }
}

function distinct(list: readonly Rule[]): readonly Rule[] {
  return [...new Map(list.map((rule) => [JSON.stringify(rule), rule])).values()]
}
