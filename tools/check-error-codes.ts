import { errorTable } from '@drawbridge/protocol'
import { isPackageSource, typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

const TABLE = 'packages/protocol/src/error-table.ts'

/** Every row of the error table tells of something that the sources throw, and no two rows share a number. */
export function checkErrorCodes(tree: SourceTree): readonly Finding[] {
  const sources = typescriptPaths(tree).filter((path) => isPackageSource(path) && path !== TABLE)
  const findings: Finding[] = []
  const numbers = new Set<number>()
  for (const [code, { number }] of Object.entries(errorTable)) {
    if (numbers.has(number)) findings.push({ path: TABLE, message: `${code} has the number of another code` })
    numbers.add(number)
    if (!sources.some((path) => tree.files.get(path)?.includes(`'${code}'`)))
      findings.push({ path: TABLE, message: `${code} is thrown nowhere` })
  }
  return findings
}
