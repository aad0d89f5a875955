import { generatedPages } from './generated-pages.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** The pages that are made from the code say what the code says. */
export function checkGeneratedPages(tree: SourceTree): readonly Finding[] {
  return Object.entries(generatedPages).flatMap(([path, page]) =>
    tree.files.get(path) === page(tree) ? [] : [{ path, message: 'differs from what it is made from: npm run docs' }],
  )
}
