import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { FunctionEntry } from '@drawbridge/runtime'
import type { ReportMistake } from './folder-mistake.ts'
import type { Manifest } from './read-manifest.ts'

const ENDINGS = ['js', 'mjs', 'cjs', 'ts'] as const
const OBJECT_FILE = /\.obj\.(js|mjs|cjs|ts)$/
const CODE_FILE = /\.(js|mjs|cjs|ts)$/

/**
 * The file of a function's folder that is loaded: `index.obj.*` makes it an object; else `main` of its package.json;
 * else `index.*`. Undefined, and reported, when there is none.
 */
export function findEntry(
  folder: string,
  name: string,
  manifest: Manifest,
  report: ReportMistake,
): FunctionEntry | undefined {
  const objects = ENDINGS.map((ending) => join(folder, `index.obj.${ending}`)).filter(isFile)
  const functions = ENDINGS.map((ending) => join(folder, `index.${ending}`)).filter(isFile)
  if (objects.length > 1 || functions.length > 1 || (objects.length > 0 && functions.length > 0)) {
    const [first = folder, second = folder] = [...objects, ...functions]
    const message = `${relative(folder, first)} is used and ${relative(folder, second)} is not. Remove one of them.`
    report({ name, file: second, message, weight: 'mended' })
  }
  const [object] = objects
  if (object !== undefined) return { name, kind: 'object', file: object }
  const file = mainFile(folder, name, manifest, report) ?? functions[0]
  if (file !== undefined) return { name, kind: OBJECT_FILE.test(file) ? 'object' : 'function', file }
  const message = 'The folder has no index.js and no index.obj.js (or .mjs, .cjs, .ts). Add one, or move the folder.'
  report({ name, file: folder, message, weight: 'unusable' })
  return undefined
}

function mainFile(folder: string, name: string, manifest: Manifest, report: ReportMistake): string | undefined {
  const { main } = manifest
  if (typeof main !== 'string' || main === '') return undefined
  const file = resolve(folder, main)
  if (!file.startsWith(folder + sep)) {
    const message = 'main leaves the function’s folder and is ignored. Name a file inside it.'
    report({ name, file: join(folder, 'package.json'), message, weight: 'mended' })
    return undefined
  }
  return [file, `${file}.js`, join(file, 'index.js')].find((each) => CODE_FILE.test(each) && isFile(each))
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile()
}
