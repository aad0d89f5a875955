import { join } from 'node:path'
import { checkGeneratedPages } from './check-generated-pages.ts'
import { generatedPages } from './generated-pages.ts'
import { showFindings } from './show-findings.ts'
import { readSourceTree } from './source-tree.ts'

// Compares the pages that are made from code with the code; it has to load the code for that.
showFindings('generated-pages', checkGeneratedPages(readSourceTree(join(import.meta.dirname, '..'))))
console.log(`${Object.keys(generatedPages).length} generated pages: ${process.exitCode ? 'faults' : 'all good'}`)
