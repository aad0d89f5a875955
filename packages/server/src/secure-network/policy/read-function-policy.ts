import { readFileSync } from 'node:fs'
import type { Rule } from '@drawbridge/protocol'
import { createReport } from '../../config/mistake.ts'
import { isObject, placeWithoutText } from '../../config/place.ts'
import { parseSource } from '../lint/parse-source.ts'
import { EXPORTED_POLICY, exportedPolicy } from './exported-policy.ts'
import { joinRules } from './join-rules.ts'
import { warnOfRules } from './warn-of-rules.ts'
import { readRuleList } from './read-rules.ts'
import { unreadablePolicy } from './unreadable-policy.ts'

/** Where policies stand in a package.json. */
const MANIFEST_KEY = 'drawbridge'

/** True in each mode: what is wrong closes a function, and modes that refuse nobody do not. */
const CLOSED = 'where the mode is enforce, nobody may call the function'

/**
 * The policy beside a function: `"drawbridge": {"policy": […]}` in its package.json, the constant `drawbridgePolicy`
 * that its file exports, or both, which then have to be met together. Code is read and not run. Undefined: there is
 * none. One that is wrong is told and admits nobody, since a slip must not open what was to be closed.
 */
export function readFunctionPolicy(
  manifest: Readonly<Record<string, unknown>>,
  file: string,
  say: (message: string) => void,
): readonly Rule[] | undefined {
  const policies = [manifestPolicy(manifest[MANIFEST_KEY], say), codePolicy(file, say)]
  const declared = policies.filter((policy) => policy !== undefined)
  const [first, second] = declared
  return first && second ? joinRules(first, second) : first
}

function manifestPolicy(section: unknown, say: (message: string) => void): readonly Rule[] | undefined {
  if (section === undefined) return undefined
  const unknown = isObject(section) ? Object.keys(section).find((key) => key !== 'policy') : undefined
  if (!isObject(section) || unknown !== undefined) {
    const what = unknown === undefined ? 'drawbridge is no object' : `drawbridge.${unknown} is unknown`
    say(`${what}; ${CLOSED}. Write {"policy": […]} and nothing else.`)
    return unreadablePolicy
  }
  return section['policy'] === undefined ? undefined : checked('drawbridge.policy', section['policy'], say)
}

function codePolicy(file: string, say: (message: string) => void): readonly Rule[] | undefined {
  const source = readFileSync(file, 'utf8')
  // Most functions have none, and are not parsed for it.
  if (!source.includes(EXPORTED_POLICY)) return undefined
  const parsed = parseSource(file, source)
  // The host tells where it is wrong; what cannot be loaded cannot be called.
  if ('reason' in parsed) return unreadablePolicy
  const found = exportedPolicy(parsed.program)
  if (!found) return undefined
  if (found.isLiteral) return checked(EXPORTED_POLICY, found.value, say)
  say(`${EXPORTED_POLICY} is more than literals; ${CLOSED}. Write an array of plain objects there.`)
  return unreadablePolicy
}

function checked(name: string, value: unknown, say: (message: string) => void): readonly Rule[] {
  const { report, mistakes } = createReport()
  const place = placeWithoutText('', [name], value)
  const list = readRuleList(place, report)
  if (list) warnOfRules(list, place, report)
  for (const { path, en, remedyEn } of mistakes.slice(0, 3))
    say(`${path}: ${en} ${remedyEn}${list ? '' : ` Until then, ${CLOSED}.`}`)
  return list ?? unreadablePolicy
}
