import { isTest, typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'
import { moduleImports, packageName } from './module-imports.ts'
import type { ModuleImport } from './module-imports.ts'

/** Which of our packages a package's sources may import. Arrows point one way, and a topic is no reason for one. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  bridge: ['protocol'],
  // A second opinion, not a mirror: it would repeat our mistakes if it knew our code.
  simulator: [],
  // The simulator is started beside the server by the quick start alone.
  // Beside the project's functions, where no key of the server's is.
  runtime: ['protocol'],
  // In phones and pages.
  client: ['protocol'],
  server: ['protocol', 'bridge', 'runtime', 'simulator'],
}

const SCOPE = '@drawbridge/'

/** Imports run along the allowed directions, name declared packages by their public names, and go round no barrel. */
export function checkImportDirections(tree: SourceTree): readonly Finding[] {
  return typescriptPaths(tree).flatMap((path) =>
    moduleImports(tree, path).flatMap((imported) => {
      const message =
        imported.target === undefined ? bareFault(tree, path, imported) : relativeFault(path, imported.target)
      return message === undefined ? [] : [{ path, line: imported.line, message }]
    }),
  )
}

function relativeFault(path: string, target: string): string | undefined {
  const from = packageFolder(path)
  // The project's own tools look inside what they check and describe.
  if (packageFolder(target) !== from && !path.startsWith('tools/'))
    return `import ${target} by its package's public name`
  if (!target.endsWith('.ts') && !target.endsWith('.js') && !target.endsWith('.json')) return 'end the import in .ts'
  if (from !== undefined && target === `${from}/src/index.ts` && !path.endsWith('.test.ts'))
    return 'index.ts is for outsiders: import the file itself'
  return undefined
}

function bareFault(tree: SourceTree, path: string, { specifier, typeOnly }: ModuleImport): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  const name = packageName(specifier)
  const folder = packageFolder(path)
  if (name.startsWith(SCOPE)) {
    if (!isExported(tree, name, specifier)) return `${specifier} reaches inside a package: import ${name}`
    const target = name.slice(SCOPE.length)
    if (folder !== undefined && !isTest(path) && !allowed[folder.slice('packages/'.length)]?.includes(target))
      return `${folder} may not import ${name}`
  }
  return declared(tree, folder, isTest(path) || typeOnly).has(name)
    ? undefined
    : `${name} is not declared in package.json`
}

/** Whether a package of ours gives the specifier to outsiders: its own name, or a further entry of its `exports`. */
function isExported(tree: SourceTree, name: string, specifier: string): boolean {
  if (name === specifier) return true
  const { exports = {} } = manifest(tree, `packages/${name.slice(SCOPE.length)}/package.json`)
  return Object.hasOwn(exports, `.${specifier.slice(name.length)}`)
}

/** The packages that a file may name: its own package's, and for tests and types the ones that only developers install. */
function declared(tree: SourceTree, folder: string | undefined, developers: boolean): ReadonlySet<string> {
  const own = manifest(tree, folder === undefined ? 'package.json' : `${folder}/package.json`)
  const root = manifest(tree, 'package.json')
  const names = [
    own.name,
    ...Object.keys({ ...own.dependencies, ...own.peerDependencies, ...own.optionalDependencies }),
  ]
  if (developers || folder === undefined)
    names.push(...workspaceNames(tree), ...Object.keys({ ...own.devDependencies, ...root.devDependencies }))
  return new Set(names.filter((name) => name !== undefined))
}

interface Manifest {
  readonly name?: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

function manifest(tree: SourceTree, path: string): Manifest {
  return JSON.parse(tree.files.get(path) ?? '{}') as Manifest
}

function workspaceNames(tree: SourceTree): readonly string[] {
  return Object.keys(allowed)
    .map((name) => manifest(tree, `packages/${name}/package.json`).name)
    .filter((name) => name !== undefined)
}

function packageFolder(path: string): string | undefined {
  return /^packages\/[^/]+/.exec(path)?.[0]
}
