import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '@drawbridge/protocol'
import { createReport } from '../../config/mistake.ts'
import type { Report } from '../../config/mistake.ts'
import { openJson } from '../../config/open-json.ts'
import { at, isObject, members, placeWithoutText } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'
import { codePolicy } from './code-policy.ts'
import type { CodePolicy } from './code-policy.ts'
import { EXPORTED_POLICY } from './exported-policy.ts'
import { joinRules } from './join-rules.ts'
import { policyFault } from './policy-fault.ts'
import type { PolicyFault } from './policy-fault.ts'
import { readRuleList } from './read-rules.ts'
import { unreadablePolicy } from './unreadable-policy.ts'

/** Where policies stand in a package.json. */
const MANIFEST_KEY = 'drawbridge'

/** Where they do not, among what uniCloud reads. */
const CONFIG_KEY = 'cloudfunction-config'

/** One slip can be many mistakes; more than a few of them help nobody. */
const FAULTS_MAX = 3

/** A function whose policy is read. */
export interface PolicySubject {
  readonly folder: string
  /** What its package.json holds. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** Its own code. */
  readonly file: string
}

/**
 * The policy beside a function: `"drawbridge": {"policy": […]}` in its package.json, the constant `drawbridgePolicy`
 * that its file exports, or both, which then have to be met together. Code is read and not run. Undefined: there is
 * none. One that is wrong is told and admits nobody, since a slip must not open what was to be closed.
 */
export function readFunctionPolicy(
  { folder, manifest, file }: PolicySubject,
  say: (fault: PolicyFault) => void,
): readonly Rule[] | undefined {
  const inCode = codePolicy({ folder, file, manifest })
  const policies = [
    Object.keys(manifest).length === 0 ? undefined : told(manifestPlace(folder), manifestPolicy, say),
    inCode && told(placeOf(inCode), (place, report) => policyInCode(inCode, place, report), say),
  ]
  const declared = policies.filter((policy) => policy !== undefined)
  const [first, second] = declared
  return first && second ? joinRules(first, second) : first
}

/** A manifest that was read once already, and then had no mistake. */
function manifestPlace(folder: string): Place {
  const file = join(folder, 'package.json')
  return openJson(file, readFileSync(file, 'utf8'), () => undefined) ?? placeWithoutText(file)
}

function manifestPolicy(manifest: Place, report: Report): readonly Rule[] | undefined {
  const section = at(manifest, MANIFEST_KEY)
  const policy = section.value === undefined ? undefined : sectionPolicy(section, report)
  return reportMisplaced(manifest, report) ? unreadablePolicy : policy
}

/** Whether something was meant for the section and is not where, or not named as, it would be read. */
function reportMisplaced(manifest: Place, report: Report): boolean {
  const near = members(manifest).filter(([key]) => key !== MANIFEST_KEY && isMeant(key))
  for (const [key, place] of near) report('KEY_UNKNOWN', place, { key, suggestion: MANIFEST_KEY })
  const inside = members(at(manifest, CONFIG_KEY)).filter(([key]) => isMeant(key))
  for (const [key, place] of inside) report('POLICY_MISPLACED', place, { key, section: CONFIG_KEY })
  return near.length + inside.length > 0
}

function isMeant(key: string): boolean {
  return suggest(key, [MANIFEST_KEY, EXPORTED_POLICY]) !== undefined
}

function sectionPolicy(section: Place, report: Report): readonly Rule[] | undefined {
  if (!isObject(section.value)) {
    report('VALUE_WRONG', section, { expected: '{"policy": […]}' })
    return unreadablePolicy
  }
  const unknown = members(section).filter(([key]) => key !== 'policy')
  for (const [key, place] of unknown) {
    const suggestion = suggest(key, ['policy'])
    report('KEY_UNKNOWN', place, { key, ...(suggestion && { suggestion }) })
  }
  if (unknown.length > 0) return unreadablePolicy
  const policy = at(section, 'policy')
  return policy.value === undefined ? undefined : (readRuleList(policy, report) ?? unreadablePolicy)
}

function placeOf(code: CodePolicy): Place {
  const name = code.is === 'misnamed' ? code.name : EXPORTED_POLICY
  const value = code.is === 'read' ? code.value : undefined
  return { ...placeWithoutText(code.file, [name], value), locate: () => code.position }
}

function policyInCode(code: CodePolicy, place: Place, report: Report): readonly Rule[] {
  if (code.is === 'read') return readRuleList(place, report) ?? unreadablePolicy
  if (code.is === 'computed') report('POLICY_NOT_LITERAL', place)
  if (code.is === 'hidden') report('POLICY_NOT_FOLLOWED', place)
  if (code.is === 'misnamed') report('KEY_UNKNOWN', place, { key: code.name, suggestion: EXPORTED_POLICY })
  return unreadablePolicy
}

/** Reads, and tells the first mistakes. */
function told<Policy extends readonly Rule[] | undefined>(
  place: Place,
  read: (place: Place, report: Report) => Policy,
  say: (fault: PolicyFault) => void,
): Policy {
  const { report, mistakes } = createReport()
  const policy = read(place, report)
  const isClosing = policy === unreadablePolicy
  const first = [...mistakes].sort((a, b) => a.severity.localeCompare(b.severity)).slice(0, FAULTS_MAX)
  for (const mistake of first) say(policyFault(mistake, isClosing && mistake.severity === 'error'))
  return policy
}
