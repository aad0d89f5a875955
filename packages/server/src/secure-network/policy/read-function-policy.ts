import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '@drawbridge/protocol'
import { createReport } from '../../config/mistake.ts'
import type { Report } from '../../config/mistake.ts'
import { openJson } from '../../config/open-json.ts'
import { at, isObject, members, placeWithoutText } from '../../config/place.ts'
import type { Place } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'
import { parseSource } from '../lint/parse-source.ts'
import { EXPORTED_POLICY, exportedPolicy } from './exported-policy.ts'
import { joinRules } from './join-rules.ts'
import { policyFault } from './policy-fault.ts'
import type { PolicyFault } from './policy-fault.ts'
import { readRuleList } from './read-rules.ts'
import { unreadablePolicy } from './unreadable-policy.ts'

/** Where policies stand in a package.json. */
const MANIFEST_KEY = 'drawbridge'

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
  const inManifest = manifest[MANIFEST_KEY] === undefined ? undefined : manifestPlace(join(folder, 'package.json'))
  const policies = [inManifest && told(inManifest, manifestPolicy, say), codePolicy(file, say)]
  const declared = policies.filter((policy) => policy !== undefined)
  const [first, second] = declared
  return first && second ? joinRules(first, second) : first
}

/** A manifest that was read once already: only the section is looked at. */
function manifestPlace(file: string): Place {
  const root = openJson(file, readFileSync(file, 'utf8'), () => undefined) ?? placeWithoutText(file)
  return at(root, MANIFEST_KEY)
}

function manifestPolicy(section: Place, report: Report): readonly Rule[] | undefined {
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

function codePolicy(file: string, say: (fault: PolicyFault) => void): readonly Rule[] | undefined {
  const source = readFileSync(file, 'utf8')
  // Most functions have none, and are not parsed for it.
  if (!source.includes(EXPORTED_POLICY)) return undefined
  const parsed = parseSource(file, source)
  // The host tells where it is wrong; what cannot be loaded cannot be called.
  if ('reason' in parsed) return unreadablePolicy
  const found = exportedPolicy(parsed.program)
  if (!found) return undefined
  const place = {
    ...placeWithoutText(file, [EXPORTED_POLICY], found.isLiteral ? found.value : undefined),
    locate: () => found.position,
  }
  const read = (here: Place, report: Report): readonly Rule[] => {
    if (found.isLiteral) return readRuleList(here, report) ?? unreadablePolicy
    report('POLICY_NOT_LITERAL', here)
    return unreadablePolicy
  }
  return told(place, read, say)
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
