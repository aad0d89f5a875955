import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import type { ExportedObject } from '../calls/call-object.ts'
import type { FunctionEntry } from '../wire/worker-frame.ts'
import { exportMissing, loadFailure } from './load-failure.ts'

/** What a function's file exports, in a box: an exported object may have a method `then`, which `await` would call. */
export type LoadedFunction =
  | { readonly kind: 'function'; readonly main: (event: unknown, context: unknown) => unknown }
  | { readonly kind: 'object'; readonly exported: ExportedObject }

/** Loads a function at its first call and keeps it. Throws `LoadFailure`; the next call tries again. */
export type Loader = (entry: FunctionEntry) => Promise<LoadedFunction>

/** @param onLoaded called after a file was loaded, before anything of it runs for a call. */
export function createLoader(onLoaded: () => void): Loader {
  const loaded = new Map<string, Promise<LoadedFunction>>()
  return (entry) => {
    const known = loaded.get(entry.name)
    if (known) return known
    const loading = load(entry)
    loaded.set(entry.name, loading)
    loading.then(onLoaded, () => loaded.delete(entry.name))
    return loading
  }
}

async function load(entry: FunctionEntry): Promise<LoadedFunction> {
  let found: LoadedFunction | undefined
  try {
    const { exported } = await loadFile(entry.file)
    found = entry.kind === 'object' ? objectOf(exported) : functionOf(exported)
  } catch (thrown) {
    throw loadFailure(entry.name, entry.file, thrown)
  }
  if (found) return found
  const message = entry.kind === 'object' ? 'the file exports no object' : 'the file exports no function "main"'
  throw exportMissing(entry.name, entry.file, message)
}

/** What a file exports, in a box. `require` takes modules too, and runs what has thrown anew; it waits for nothing. */
async function loadFile(file: string): Promise<{ readonly exported: unknown }> {
  try {
    return { exported: createRequire(file)(file) }
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown } | null)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw thrown
    return { exported: await import(pathToFileURL(file).href) }
  }
}

function functionOf(exported: unknown): LoadedFunction | undefined {
  const unwrapped = defaultOf(exported)
  const candidates = [member(exported, 'main'), member(unwrapped, 'main'), unwrapped]
  const main = candidates.find((each) => typeof each === 'function')
  return main && { kind: 'function', main: main as (event: unknown, context: unknown) => unknown }
}

function objectOf(exported: unknown): LoadedFunction | undefined {
  const unwrapped = defaultOf(exported)
  return isObject(unwrapped) ? { kind: 'object', exported: unwrapped } : undefined
}

/** The default export of a module, also where a compiler wrote it as a member of `module.exports`. */
function defaultOf(exported: unknown): unknown {
  const isModule = types.isModuleNamespaceObject(exported) || member(exported, '__esModule') === true
  return isModule ? member(exported, 'default') : exported
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
