import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readFunctionPolicy } from '../secure-network/policy/read-function-policy.ts'
import type { FolderMistake, ReportMistake } from './folder-mistake.ts'
import { findEntry } from './find-entry.ts'
import type { FunctionFacts } from './function-facts.ts'
import { isFunctionName } from './function-name.ts'
import { readFunctionConfig } from './read-function-config.ts'
import { readManifest } from './read-manifest.ts'
import { readModules } from './read-modules.ts'
import type { ModuleTable } from './read-modules.ts'

/** A `cloudfunctions` folder in uniCloud's layout. */
export interface FunctionsFolder {
  readonly functions: ReadonlyMap<string, FunctionFacts>
  /** Bare name → absolute folder of a module of the project's. */
  readonly modules: Readonly<Record<string, string>>
  readonly mistakes: readonly FolderMistake[]
}

/**
 * Reads a `cloudfunctions` folder: each folder with an `index.js` is a function, with an `index.obj.js` an object
 * (or .mjs, .cjs, .ts); `common/*` are modules. Mistakes are told, not thrown. `timeoutSeconds` is for functions that
 * name none.
 */
export function readFunctionsFolder(folder: string, timeoutSeconds: number): FunctionsFolder {
  const mistakes: FolderMistake[] = []
  const report: ReportMistake = (mistake) => void mistakes.push(mistake)
  const modules = readModules(folder, report)
  const functions = new Map<string, FunctionFacts>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    if (entry.name === 'common' || entry.name === 'node_modules') continue
    const facts = readFunction(folder, entry.name, { timeoutSeconds, modules, report })
    if (facts) functions.set(entry.name, withoutTakenPath(facts, functions, report))
  }
  return { functions, modules: modules.folders, mistakes }
}

function readFunction(
  project: string,
  name: string,
  { timeoutSeconds, modules, report }: { timeoutSeconds: number; modules: ModuleTable; report: ReportMistake },
): FunctionFacts | undefined {
  const folder = join(project, name)
  if (!isFunctionName(name)) {
    const message = 'The folder’s name is no function’s. Use letters, digits, _ and -, at most 64.'
    report({ name, file: folder, message, weight: 'unusable' })
    return undefined
  }
  const manifest = readManifest(folder, name, report)
  const entry = manifest && findEntry(folder, name, manifest, report)
  if (!entry) return undefined
  modules.addDependencies(folder, name, manifest)
  const say = (weight: 'mended' | 'note', message: string): void =>
    report({ name, file: join(folder, 'package.json'), message, weight })
  const config = readFunctionConfig(manifest, timeoutSeconds, say)
  const policy = readFunctionPolicy({ folder, manifest, file: entry.file }, (fault) => {
    const { file, line, code, en, zh, remedyEn, remedyZh, isClosing } = fault
    const policy = { code, en, zh, remedyEn, remedyZh, isClosing }
    report({ name, file, ...(line && { line }), message: `${en} ${remedyEn}`, weight: 'mended', policy })
  })
  return { ...entry, ...config, ...(policy && { policy }) }
}

function withoutTakenPath(
  facts: FunctionFacts,
  functions: ReadonlyMap<string, FunctionFacts>,
  report: ReportMistake,
): FunctionFacts {
  const { path, ...rest } = facts
  const other = path === undefined ? undefined : [...functions.values()].find((each) => each.path === path)
  if (!other) return facts
  const message = `path ${String(path)} is ${other.name}’s already and is ignored here. Choose another.`
  report({ name: facts.name, file: facts.file, message, weight: 'mended' })
  return rest
}
