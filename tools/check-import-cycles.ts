import { typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'
import { moduleImports } from './module-imports.ts'

/** No file imports itself by way of others; types count too, for a reader goes round in them just the same. */
export function checkImportCycles(tree: SourceTree): readonly Finding[] {
  const findings: Finding[] = []
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      findings.push({ path, message: `import cycle: ${[...trail.slice(at), path].join(' → ')}` })
      return
    }
    if (done.has(path)) return
    const targets = new Set(moduleImports(tree, path).map(({ target }) => target))
    for (const target of targets) if (target?.endsWith('.ts') && tree.files.has(target)) walk(target, [...trail, path])
    done.add(path)
  }
  for (const path of typescriptPaths(tree)) walk(path, [])
  return findings
}
