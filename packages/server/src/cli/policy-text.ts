import { findRule } from '@drawbridge/protocol'
import type { Rule, RuleSet } from '@drawbridge/protocol'
import type { PolicyChange, PolicyState } from '../secure-network/policy/create-policy-store.ts'
import { unreadablePolicy } from '../secure-network/policy/unreadable-policy.ts'
import type { Sentence } from './language.ts'
import type { CommandContext } from './command.ts'
import { textTable } from './text-table.ts'
import { visibleText } from './visible-text.ts'

/** Why the policy beside a function cannot be read, by the function's name. */
export type UnreadablePolicies = ReadonlyMap<string, Sentence>

/** A policy for people. `unreadable`: why, for those beside functions that cannot be read. */
export function policyText(policy: PolicyState, say: CommandContext['say'], unreadable: UnreadablePolicies): string {
  const { spaceId, mode, guards, origin, revision, changedAt, changedBy, rules, effectiveRules } = policy
  const from =
    origin === 'stored'
      ? say({ en: 'changed while running', zh: '运行时修改' })
      : say({ en: 'as configured', zh: '来自配置文件' })
  const who = changedAt === undefined ? '' : `, ${visibleText(changedBy ?? '')}, ${new Date(changedAt).toISOString()}`
  const guarded =
    guards === 'all'
      ? say({ en: 'guards every function', zh: '保护全部云函数' })
      : say({ en: 'guards what rules name', zh: '仅保护规则命名的云函数' })
  const beside = Object.fromEntries(
    Object.entries(effectiveRules).filter(([name, list]) => findRule(rules, name)?.list !== list),
  )
  const head = `${spaceId}: ${mode}, ${guarded} (revision ${revision}, ${from}${who})\n`
  if (Object.keys(beside).length === 0) return `${head}${rulesText(rules, say)}`
  const title = say({ en: 'With the policies beside the functions:', zh: '与云函数自带策略合并后：' })
  return `${head}${rulesText(rules, say)}${title}\n${rulesText(beside, say, unreadable)}`
}

/** The changes of a policy for people, newest first. */
export function changesText(changes: readonly PolicyChange[], say: CommandContext['say']): string {
  if (changes.length === 0) return say({ en: 'It was never changed.', zh: '尚未修改过。' })
  return textTable(
    changes.map(({ revision, at, caller, address, content }) => [
      String(revision),
      new Date(at).toISOString(),
      caller,
      address,
      content
        ? `${content.mode}, ${content.guards}, ${Object.keys(content.rules).join('; ')}`
        : say({ en: 'back to the configuration', zh: '恢复为配置文件' }),
    ]),
  )
}

function rulesText(rules: RuleSet, say: CommandContext['say'], unreadable?: UnreadablePolicies): string {
  const entries = Object.entries(rules)
  if (entries.length === 0) return `  ${say({ en: 'no rules', zh: '没有规则' })}\n`
  const nobody = say({ en: 'nobody', zh: '拒绝所有' })
  const emptyText = (key: string, list: readonly Rule[]): string => {
    if (list !== unreadablePolicy) return nobody
    const why = unreadable?.get(key) ?? { en: 'its code cannot be parsed', zh: '无法解析其代码' }
    return `${say({ en: 'nobody, since its own policy cannot be read', zh: '拒绝所有，因为其自带策略无法读取' })}: ${visibleText(say(why))}`
  }
  return entries
    .map(([key, list]) => {
      const lines =
        list.length === 0 ? [emptyText(key, list)] : list.map((rule, index) => `#${index + 1} ${ruleText(rule, say)}`)
      return `  ${visibleText(key)}\n${lines.map((text) => `    ${text}\n`).join('')}`
    })
    .join('')
}

function ruleText(rule: Rule, say: CommandContext['say']): string {
  const asks = Object.entries(rule).map(([name, value]) => `${name}=${visibleText(String(value))}`)
  return asks.length === 0 ? say({ en: 'every associated app', zh: '所有已关联的应用' }) : asks.join(' ')
}
