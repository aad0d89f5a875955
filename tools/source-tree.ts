import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** The project's own text files, by their path from the root with `/` between the parts. */
export interface SourceTree {
  readonly files: ReadonlyMap<string, string>
  /** The syntax tree of a TypeScript file of this tree; parsed once. Throws `RangeError` for a path that is not here. */
  parsed(path: string): ts.SourceFile
}

/** What a check complains of: where, and one sentence that says what to do. */
export interface Finding {
  readonly path: string
  readonly line?: number
  readonly message: string
}

/** What is made by machines and is no source; the same names stand in .gitignore. */
const MADE = /^(node_modules|dist|coverage|results|\.git|\.drawbridge)$|\.(tsbuildinfo|log)$/

/** The tree in a folder of the disk; what holds a zero byte is no text and is left out. */
export function readSourceTree(root: string): SourceTree {
  const files: Record<string, string> = {}
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (MADE.test(entry.name)) continue
      if (entry.isDirectory()) walk(path)
      if (!entry.isFile()) continue
      const text = readFileSync(join(root, path), 'utf8')
      if (!text.includes('\0')) files[path] = text
    }
  }
  walk('')
  return sourceTree(files)
}

/** A tree in memory, as tests of checks make it. */
export function sourceTree(texts: Readonly<Record<string, string>>): SourceTree {
  const files = new Map(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const trees = new Map<string, ts.SourceFile>()
  return {
    files,
    parsed(path) {
      const known = trees.get(path)
      if (known) return known
      const text = files.get(path)
      if (text === undefined) throw new RangeError(`no file ${path} in the tree`)
      const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
      trees.set(path, tree)
      return tree
    },
  }
}

/** The TypeScript files of a tree. */
export function typescriptPaths(tree: SourceTree): readonly string[] {
  return [...tree.files.keys()].filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
}

/** Whether a file is a test, or a fixture or contract suite that tests use: it may know more than the sources do. */
export function isTest(path: string): boolean {
  return (
    /(\.test|-fixture)\.ts$/.test(path) ||
    /^(test|bench|examples)\//.test(path) ||
    /^packages\/[^/]+\/(contract|testing)\//.test(path)
  )
}

/** Whether a file is source of a package: what is published, without its tests. */
export function isPackageSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && !isTest(path)
}

/** The line, from 1, on which a node starts. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile()
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}

/** Calls `visit` for a node and everything below it, from above. */
export function visitNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => {
    visitNodes(child, visit)
  })
}
