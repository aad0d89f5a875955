import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { thrownMessage } from '../calls/thrown-fault.ts'
import { placeOf } from './place-of.ts'

/** What is wrong with a source, and where. */
export interface SyntaxFault {
  readonly file: string
  readonly line?: number
  /** From 1. */
  readonly column?: number
  readonly message: string
}

/** Parses a source as Node would, and runs nothing of it. Undefined: it can be parsed, or is no source. */
export async function syntaxFault(file: string): Promise<SyntaxFault | undefined> {
  if (!/\.[cm]?[jt]s$/.test(file)) return undefined
  try {
    const text = readFileSync(file, 'utf8').replace(/^#!/, '//')
    const source = /\.[cm]?ts$/.test(file) ? stripTypeScriptTypes(text, { sourceUrl: file }) : text
    const format = formatOf(file)
    if (format !== 'module') {
      const fault = commonJsFault(source, file)
      // What has no stated format is what it looks like, as Node sees it.
      if (!fault || format === 'commonjs' || !LOOKS_LIKE_MODULE.test(source)) return fault
    }
    return await moduleFault(source, file)
  } catch (thrown) {
    return faultAt(file, thrown)
  }
}

const LOOKS_LIKE_MODULE = /^\s*(import|export)\b|\bimport\.meta\b|^\s*(const .*)?\bawait\b/m

function formatOf(file: string): 'commonjs' | 'module' | undefined {
  if (/\.c[jt]s$/.test(file)) return 'commonjs'
  if (/\.m[jt]s$/.test(file)) return 'module'
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const type = packageType(folder)
    if (type !== undefined) return type === 'module' || type === 'commonjs' ? type : undefined
    if (dirname(folder) === folder || folder.endsWith('/node_modules')) return undefined
  }
}

/** The nearest package.json decides, also by saying nothing. */
function packageType(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const { type } = (manifest ?? {}) as { readonly type?: unknown }
    return typeof type === 'string' ? type : ''
  } catch {
    return undefined
  }
}

function commonJsFault(source: string, file: string): SyntaxFault | undefined {
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file })
    return undefined
  } catch (thrown) {
    return faultAt(file, thrown)
  }
}

const CHECKED = 'drawbridge-syntax:'

/** A module is parsed before its imports are looked up: refusing them all leaves it parsed and never run. */
async function moduleFault(source: string, file: string): Promise<SyntaxFault | undefined> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL?.startsWith(CHECKED)) throw parsed()
      if (!specifier.startsWith(CHECKED)) return next(specifier, context)
      return { url: specifier, format: 'module', shortCircuit: true }
    },
    load: (url, context, next) =>
      url.startsWith(CHECKED)
        ? { format: 'module', source: `${source}\n;import 'never'`, shortCircuit: true }
        : next(url, context),
  })
  try {
    await import(`${CHECKED}${file}?${checks++}`)
    return undefined
  } catch (thrown) {
    // V8 tells no place of a module's mistake; the TypeScript parser does.
    return thrown instanceof Parsed ? undefined : located(source, file, thrown)
  } finally {
    hooks.deregister()
  }
}

let checks = 0

function parsed(): Parsed {
  return new Parsed()
}

class Parsed extends Error {
  override readonly name = 'Parsed'
}

function located(source: string, file: string, thrown: unknown): SyntaxFault {
  try {
    stripTypeScriptTypes(source, { sourceUrl: file })
    return { file, message: thrownMessage(thrown) }
  } catch (placed) {
    return faultAt(file, placed)
  }
}

function faultAt(file: string, thrown: unknown): SyntaxFault {
  const place = placeOf(thrown)
  return { ...(place?.file === file ? place : { file }), message: thrownMessage(thrown) }
}
