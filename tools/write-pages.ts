import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedPages } from './generated-pages.ts'
import { readSourceTree } from './source-tree.ts'

// Writes the pages that are made from the code.
const root = join(import.meta.dirname, '..')
const tree = readSourceTree(root)

for (const [path, page] of Object.entries(generatedPages)) {
  writeFileSync(join(root, path), page(tree))
  console.log(`wrote ${path}`)
}
