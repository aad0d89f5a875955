import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Position } from '../../config/place.ts'
import { parseSource } from '../lint/parse-source.ts'
import { EXPORTED_POLICY, exportedPolicy } from './exported-policy.ts'
import type { ExportedPolicy, PolicyExports } from './exported-policy.ts'
import { findMentioningFile } from './find-mentioning-file.ts'
import { outerModules, resolveModule } from './resolve-module.ts'

/** How many files of a function are followed for what it exports. */
const FOLLOWED_MAX = 64

/** What the code of a function says of its policy, and in which file. */
export type CodePolicy = { readonly file: string; readonly position: Position | undefined } & (
  | { readonly is: 'read'; readonly value: unknown }
  /** More would have to be run to know it. */
  | { readonly is: 'computed' }
  /** It is named somewhere, and what the function exports does not lead there. */
  | { readonly is: 'hidden' }
  | { readonly is: 'misnamed'; readonly name: string }
  /** The source is wrong, which its host tells. */
  | { readonly is: 'broken' }
)

/** Whose code it is. */
export interface PolicyCode {
  /** The function's folder; the one around it is its project's. */
  readonly folder: string
  readonly file: string
  readonly manifest: Readonly<Record<string, unknown>>
}

/**
 * The policy that a function's file exports, itself or from a module of the project that it hands on. One that is named
 * in the function's folder, and not come to that way, is there all the same, hidden. Undefined: there is none.
 */
export function codePolicy({ folder, file, manifest }: PolicyCode): CodePolicy | undefined {
  const source = readFileSync(file, 'utf8')
  if (source.includes(EXPORTED_POLICY) && 'reason' in parseSource(file, source))
    return { file, position: undefined, is: 'broken' }
  const { policies, misnamed, outside } = isWorthParsing(source) ? follow(file, dirname(folder)) : NOTHING
  const [only, second] = policies
  if (only) {
    const { policy, file: at } = second && only.policy.isLiteral ? second : only
    const { position } = policy
    return policy.isLiteral && !second
      ? { file: at, position, is: 'read', value: policy.value }
      : { file: at, position, is: 'computed' }
  }
  const outer = outside.length === 0 ? [] : outerModules(folder, manifest)
  const hidden = [folder, ...outer].map((each) => findMentioningFile(each, EXPORTED_POLICY)).find(Boolean)
  return hidden ? { ...hidden, is: 'hidden' } : misnamed
}

/** Most functions hand nothing on and name nothing like a policy, and are not parsed for it. */
function isWorthParsing(source: string): boolean {
  const handsOn =
    /\bexport\s*(\*|default\s+(Object\b|\w+\s*;?\s*$))/m.test(source) ||
    /\bexport\s*default\b[^]*\.\.\./.test(source) ||
    (/\bexports\b/.test(source) && /\brequire\b/.test(source))
  return handsOn || source.includes(EXPORTED_POLICY) || /d\w*pol/i.test(source)
}

interface Followed {
  readonly policies: readonly { readonly file: string; readonly policy: ExportedPolicy }[]
  readonly misnamed: CodePolicy | undefined
  /** What is handed on from modules that no relative path names. */
  readonly outside: readonly string[]
}

const NOTHING: Followed = { policies: [], misnamed: undefined, outside: [] }

/** Reads a file, and those whose exports it hands on, each once. */
function follow(entry: string, project: string): Followed {
  const seen = new Set([entry])
  const policies: { file: string; policy: ExportedPolicy }[] = []
  const outside: string[] = []
  let misnamed: CodePolicy | undefined
  // A set takes what is added while it is gone through.
  for (const file of seen) {
    const { policy, reexports, misnamed: near } = exportsOf(file)
    if (policy) policies.push({ file, policy })
    if (near && !misnamed) misnamed = { file, is: 'misnamed', ...near }
    for (const specifier of reexports) {
      const next = specifier.startsWith('.') ? resolveModule(file, specifier, project) : undefined
      if (next !== undefined && seen.size < FOLLOWED_MAX) seen.add(next)
      else if (!specifier.startsWith('node:')) outside.push(specifier)
    }
  }
  return { policies, misnamed, outside }
}

function exportsOf(file: string): PolicyExports {
  const parsed = parseSource(file, readFileSync(file, 'utf8'))
  return 'reason' in parsed ? { reexports: [] } : exportedPolicy(parsed.program)
}
