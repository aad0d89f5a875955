import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FunctionEntry, LoadFault } from '../wire/worker-frame.ts'
import { bareName } from './bare-name.ts'
import { findModuleFile } from './find-module-file.ts'
import { syntaxFault } from './syntax-fault.ts'

/** More files than this are left to the moment when they are loaded. */
const FILES_MAX = 1000
/** Faults travel in the head of a frame, which is small. */
const FAULTS_MAX = 30
const MESSAGE_MAX = 400

/** Parses each function's file and what it requires or imports of the project, and runs nothing. */
export async function checkSources(
  functions: readonly FunctionEntry[],
  modules: ReadonlyMap<string, string>,
): Promise<readonly LoadFault[]> {
  const faults: LoadFault[] = []
  const seen = new Set<string>()
  for (const { name, file } of functions) {
    const waiting = [file]
    for (let next = waiting.pop(); next !== undefined && seen.size < FILES_MAX; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      const fault = await syntaxFault(next)
      if (fault) faults.push({ name, ...fault, message: fault.message.slice(0, MESSAGE_MAX) })
      else waiting.push(...required(next, modules))
    }
  }
  return faults.slice(0, FAULTS_MAX)
}

const REQUIRED = /\b(?:require\s*\(|from\b|import\b\s*\(?)\s*['"]([^'"\n]+)['"]/g

/** The files of the project that a source names, as far as can be read without running it. */
function required(file: string, modules: ReadonlyMap<string, string>): readonly string[] {
  if (!/\.[cm]?[jt]s$/.test(file)) return []
  return [...readFileSync(file, 'utf8').matchAll(REQUIRED)].flatMap(([, specifier = '']) => {
    const bare = bareName(specifier)
    const folder = bare && modules.get(bare.name)
    if (folder !== undefined) return findModuleFile(folder, bare?.path ?? '') ?? []
    if (!specifier.startsWith('.')) return []
    return findModuleFile('/', join(dirname(file), specifier)) ?? []
  })
}
