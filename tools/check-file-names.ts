import ts from 'typescript'
import { isTest, typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** Names that say that a file or folder has no subject yet. */
const SUBJECTLESS = /^(utils?|helpers?|common|managers?|services?|shared|misc)$/
/** Names that uniCloud gave: its modules, and where a project's own modules lie. */
const GIVEN = /\buni-(id|open-bridge)-common\b|(?<=\/cloudfunctions\/)common(?=\/)/g
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** Entries, barrels and a folder's table of cases are named for their place. */
const PLACED = /(^|\/)(index|main|table)\.ts$/

/** Files are kebab-case, named for what they export, and no file or folder is named for nothing. */
export function checkFileNames(tree: SourceTree): readonly Finding[] {
  const findings: Finding[] = []
  for (const path of tree.files.keys()) {
    for (const part of path.replace(GIVEN, '').split('/'))
      if (part.split(/[.-]/).some((word) => SUBJECTLESS.test(word)))
        findings.push({ path, message: `"${part}" names no subject: say what it is about` })
  }
  for (const path of typescriptPaths(tree)) {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.test)?\.ts$/, '')
    if (!KEBAB.test(name)) findings.push({ path, message: 'name the file in kebab-case' })
    if (isTest(path) || PLACED.test(path)) continue
    const exported = exportedNames(tree.parsed(path))
    if (exported.length > 0 && !exported.some((each) => namedFor(name, each)))
      findings.push({
        path,
        message: `name the file for its main export (it exports ${exported.slice(0, 4).join(', ')})`,
      })
  }
  return findings
}

function exportedNames(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      return statement.exportClause.elements.map((element) => element.name.text)
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some(isExport)) return []
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
    const { name } = statement as ts.DeclarationStatement
    return name && ts.isIdentifier(name) ? [name.text] : []
  })
}

function isExport(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.ExportKeyword
}

/** Whether one export's name has every word of the file's name, or its stem: `sealed-record.ts` exports `sealRecord`. */
function namedFor(name: string, exported: string): boolean {
  const letters = squashed(exported)
  return letters.includes(squashed(name)) || name.split('-').every((word) => letters.includes(word.slice(0, STEM)))
}

const STEM = 4

/** `createOAuth` → `createoauth`, `code2session` → `code2session`, `SKEW_MS` → `skewms`. */
function squashed(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}
