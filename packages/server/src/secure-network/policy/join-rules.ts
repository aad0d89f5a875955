import { meetsSecretType } from '@drawbridge/protocol'
import type { Rule, SecretType } from '@drawbridge/protocol'
import { unreadablePolicy } from './unreadable-policy.ts'

/**
 * The list that admits exactly whom both lists admit: every rule of one together with every rule of the other, where
 * the two can be met at once. Nobody is left where none can.
 */
export function joinRules(one: readonly Rule[], other: readonly Rule[]): readonly Rule[] {
  // Kept as it is: it has to be told from rules that cannot be met together.
  if (one === unreadablePolicy || other === unreadablePolicy) return unreadablePolicy
  const joined = new Map<string, Rule>()
  for (const left of one)
    for (const right of other) {
      const rule = joinRule(left, right)
      if (rule) joined.set(JSON.stringify(rule), rule)
    }
  return [...joined.values()]
}

function joinRule(one: Rule, other: Rule): Rule | undefined {
  const [platform, otherPlatform] = [one.platform?.toLowerCase(), other.platform?.toLowerCase()]
  if (differ(one.appId, other.appId) || differ(platform, otherPlatform) || differ(one.version, other.version))
    return undefined
  const [appId, version] = [one.appId ?? other.appId, one.version ?? other.version]
  const platforms = platform ?? otherPlatform
  const minLevel = Math.max(one.minLevel ?? 0, other.minLevel ?? 0)
  const secretType = strongest(one.secretType ?? 'none', other.secretType ?? 'none')
  return {
    ...(appId !== undefined && { appId }),
    ...(platforms !== undefined && { platform: platforms }),
    ...(version !== undefined && { version }),
    ...(minLevel > 0 && { minLevel }),
    ...(secretType !== 'none' && { secretType }),
    ...((one.fresh === true || other.fresh === true) && { fresh: true }),
  }
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other
}

function strongest(one: SecretType, other: SecretType): SecretType {
  if (meetsSecretType(one, other)) return one
  return meetsSecretType(other, one) ? other : 'both'
}
