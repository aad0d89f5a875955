import { errorTable } from '@drawbridge/protocol'
import { isPackageSource, typescriptPaths } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

const TABLE = 'packages/protocol/src/errors/'

/** Numbers that the contract gives and nothing here raises: native modules of apps do, and what judges a device's evidence. */
const RAISED_ELSEWHERE: ReadonlySet<number> = new Set([10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008, 70010])

/** Every row of the error table tells of something that the sources throw, and no two rows share a number. */
export function checkErrorCodes(tree: SourceTree): readonly Finding[] {
  const sources = typescriptPaths(tree).filter((path) => isPackageSource(path) && !path.startsWith(TABLE))
  const findings: Finding[] = []
  const numbers = new Set<number>()
  for (const [code, { number }] of Object.entries(errorTable)) {
    if (numbers.has(number)) findings.push({ path: TABLE, message: `${code} has the number of another code` })
    numbers.add(number)
    if (RAISED_ELSEWHERE.has(number)) continue
    if (!sources.some((path) => tree.files.get(path)?.includes(`'${code}'`)))
      findings.push({ path: TABLE, message: `${code} is thrown nowhere` })
  }
  return findings
}
