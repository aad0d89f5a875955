import { posix } from 'node:path'
import ts from 'typescript'
import { lineOf } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** Every name that a package gives to outsiders tells what it is. */
export function checkDocstrings(tree: SourceTree): readonly Finding[] {
  const entries = [...tree.files.keys()].filter((path) => /^packages\/[^/]+\/src\/index\.ts$/.test(path))
  const program = ts.createProgram({ rootNames: entries, options: OPTIONS, host: hostOf(tree) })
  const checker = program.getTypeChecker()
  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry)
    const module = file && checker.getSymbolAtLocation(file)
    if (!module) return []
    return checker.getExportsOfModule(module).flatMap((exported) => undocumented(exported, checker))
  })
}

function undocumented(exported: ts.Symbol, checker: ts.TypeChecker): readonly Finding[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declaration = symbol.declarations?.[0]
  if (!declaration || symbol.getDocumentationComment(checker).length > 0) return []
  const path = declaration.getSourceFile().fileName
  return [{ path, line: lineOf(declaration), message: `${symbol.name} is public and has no docstring` }]
}

/** Only names and their comments are asked for, so no library and no other package is read. */
const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  types: [],
  allowImportingTsExtensions: true,
  noEmit: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
}

function hostOf(tree: SourceTree): ts.CompilerHost {
  return {
    getSourceFile: (path) => (tree.files.has(path) ? tree.parsed(path) : undefined),
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const target = posix.join(posix.dirname(from), text)
        const known = text.startsWith('.') && tree.files.has(target)
        return { resolvedModule: known ? { resolvedFileName: target, extension: ts.Extension.Ts } : undefined }
      }),
    fileExists: (path) => tree.files.has(path),
    readFile: (path) => tree.files.get(path),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
  }
}
