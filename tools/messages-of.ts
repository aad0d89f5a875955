import { sourceTree } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** What a check says of a tree that a test wrote down: `path:line message`, the line left out where there is none. */
export function messagesOf(
  check: (tree: SourceTree) => readonly Finding[],
  files: Readonly<Record<string, string>>,
): readonly string[] {
  return check(sourceTree(files)).map(
    ({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} ${message}`,
  )
}
