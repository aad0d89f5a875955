import ts from 'typescript'
import { typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

const CODE_LINES_MAX = 300

/** No file holds more than 300 lines of code; blank lines and comments are free. */
export function checkFileSize(tree: SourceTree): readonly Finding[] {
  return typescriptPaths(tree).flatMap((path) => {
    const lines = codeLines(tree.parsed(path))
    if (lines <= CODE_LINES_MAX) return []
    return [{ path, message: `${lines} lines of code, at most ${CODE_LINES_MAX}: a second concept wants its own file` }]
  })
}

/** How many lines hold code: the lines on which some token of the file stands. */
export function codeLines(file: ts.SourceFile): number {
  const lines = new Set<number>()
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node) || node.kind === ts.SyntaxKind.EndOfFileToken) return
    const children = node.getChildren(file)
    if (children.length > 0) {
      children.forEach(visit)
      return
    }
    if (node.getEnd() === node.getStart(file)) return
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line
    for (let line = file.getLineAndCharacterOfPosition(node.getStart(file)).line; line <= last; line++) lines.add(line)
  }
  visit(file)
  return lines.size
}
