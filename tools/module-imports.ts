import { posix } from 'node:path'
import ts from 'typescript'
import { lineOf, visitNodes } from './source-tree.ts'
import type { SourceTree } from './source-tree.ts'

/** One import, re-export or dynamic import with a literal specifier. */
export interface ModuleImport {
  readonly specifier: string
  readonly line: number
  /** Erased before it runs. */
  readonly typeOnly: boolean
  /** The file it names, for a relative specifier; it need not exist. */
  readonly target?: string
}

/** Everything a file imports, in order. */
export function moduleImports(tree: SourceTree, path: string): readonly ModuleImport[] {
  const found: ModuleImport[] = []
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteral(specifier)) return
    const relative = specifier.text.startsWith('.')
    found.push({
      specifier: specifier.text,
      line: lineOf(specifier),
      typeOnly,
      ...(relative ? { target: posix.join(posix.dirname(path), specifier.text) } : {}),
    })
  }
  visitNodes(tree.parsed(path), (node) => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
  })
  return found
}

/** The package that a bare specifier names: `@scope/name/deep` → `@scope/name`. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
