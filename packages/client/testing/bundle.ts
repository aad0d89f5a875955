import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rollup } from '@rollup/wasm-node'
import type { Plugin } from '@rollup/wasm-node'
import { minify } from 'terser'
import ts from 'typescript'

/** How a bundle is to look. */
export interface BundleOptions {
  /** The TypeScript file that it starts from. */
  readonly entry: string
  readonly format: 'cjs' | 'es'
  /** The newest edition of the language that may stand in it. */
  readonly edition: 2017 | 2020
}

/** One file with everything in it that the entry needs, in small. */
export async function bundle({ entry, format, edition }: BundleOptions): Promise<string> {
  const built = await rollup({
    input: entry,
    plugins: [sources(edition)],
    treeshake: { moduleSideEffects: sideEffects },
  })
  const { output } = await built.generate({ format, exports: 'named', generatedCode: { constBindings: true } })
  await built.close()
  const outside = output[0].imports
  // A mini program finds no package at run time.
  if (outside.length > 0) throw new Error(`left out of the bundle: ${outside.join(', ')}`)
  const small = await minify(output[0].code, {
    ecma: edition,
    module: format === 'es',
    toplevel: true,
    compress: { passes: 9, unsafe_arrows: true, pure_getters: true },
    format: { comments: false },
  })
  return small.code ?? ''
}

/** Only the shim works by being imported; everything else is what it exports. */
function sideEffects(id: string): boolean {
  return id.includes('install-big-int-shim')
}

/** Finds modules as Node does, and rewrites them to the edition, dependencies included. */
function sources(edition: BundleOptions['edition']): Plugin {
  return {
    name: 'sources',
    resolveId(specifier, importer) {
      if (importer === undefined) return specifier
      if (specifier.startsWith('.')) return fileURLToPath(new URL(specifier, pathToFileURL(importer)))
      return fileURLToPath(import.meta.resolve(specifier))
    },
    async load(id) {
      const text = await readFile(id, 'utf8')
      const { outputText } = ts.transpileModule(text, {
        fileName: id,
        compilerOptions: {
          target: edition === 2017 ? ts.ScriptTarget.ES2017 : ts.ScriptTarget.ES2020,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      })
      return withShortSpreads(withShortNullChecks(outputText))
    },
  }
}

/** The compiler writes `?.` and `??` with two comparisons, for the sake of `document.all`; one says the same of the rest. */
function withShortNullChecks(code: string): string {
  return code.replace(/ !== null && \w+ !== void 0/g, ' != null').replace(/ === null \|\| \w+ === void 0/g, ' == null')
}

/** The compiler makes an object with a spread before anything else in it by two copies; one does. */
function withShortSpreads(code: string): string {
  return code.replace(/Object\.assign\(Object\.assign\(\{\}, (\w+)\), /g, 'Object.assign({}, $1, ')
}
