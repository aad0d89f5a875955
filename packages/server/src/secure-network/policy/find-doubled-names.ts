import { clientDbName, findRule } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'

/** A name that several lists of rules have. */
export interface DoubledName {
  readonly name: string
  /** The list that decides. */
  readonly key: string
  /** All of them, in their order. */
  readonly keys: readonly string[]
}

/** The names that stand in several keys, each by the one that counts: as the lists are looked up for a call. */
export function findDoubledNames(keys: readonly string[]): readonly DoubledName[] {
  const keysOf = new Map<string, string[]>()
  for (const key of keys)
    for (const name of new Set(namesOfKey(key))) keysOf.set(name, [...(keysOf.get(name) ?? []), key])
  const lists: RuleSet = Object.fromEntries(keys.map((key) => [key, []]))
  return [...keysOf]
    .filter(([name, having]) => having.length > 1 && name !== '*' && name !== '')
    .map(([name, having]) => ({ name, key: findRule(lists, name)?.key ?? '', keys: having }))
}

/** What fills the sentence of `RULE_NAMED_TWICE`. */
export function doubledDetail({ name, key, keys }: DoubledName): { name: string; key: string; keys: string } {
  return { name, key, keys: keys.map((each) => JSON.stringify(each)).join(', ') }
}

/** The names of a key of rules, in the one form that each has. */
export function namesOfKey(key: string): readonly string[] {
  return key.split(',').map((name) => clientDbName(name.trim()))
}
