import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { bareName } from './bare-name.ts'
import { findModuleFile } from './find-module-file.ts'

/**
 * Makes the project's common modules known by their bare names to `require` and `import` alike, and what uniCloud
 * brings where the project has no copy of its own.
 * @param modules bare name → absolute folder.
 * @param builtIn bare name → what stands in for it.
 */
export function installModuleNames(modules: ReadonlyMap<string, string>, builtIn: ReadonlyMap<string, URL>): void {
  registerHooks({
    resolve(specifier, context, next) {
      const bare = bareName(specifier)
      if (!bare) return next(specifier, context)
      const folder = modules.get(bare.name)
      const file = folder === undefined ? undefined : findModuleFile(folder, bare.path)
      if (file !== undefined) return { url: pathToFileURL(file).href, shortCircuit: true }
      const ours = bare.path === '' ? builtIn.get(bare.name) : undefined
      if (!ours) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch {
        return { url: ours.href, shortCircuit: true }
      }
    },
  })
}
