import { join } from 'node:path'
import { checkTable } from './check-table.ts'
import { showFindings } from './show-findings.ts'
import { readSourceTree } from './source-tree.ts'

// Runs every check that reads the project's files and nothing else.
const tree = readSourceTree(join(import.meta.dirname, '..'))
for (const [name, check] of Object.entries(checkTable)) showFindings(name, check(tree))
console.log(
  `${Object.keys(checkTable).length} checks over ${tree.files.size} files: ${process.exitCode ? 'faults' : 'all good'}`,
)
