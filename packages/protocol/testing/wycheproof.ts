import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One test of a Wycheproof file, with what its group says; bytes are hex. */
export interface WycheproofCase {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly fields: Readonly<Record<string, string | number | undefined>>
}

// The vectors belong to C2SP/wycheproof and are read where a checkout keeps them, beside this repository.
const FOLDER = join(import.meta.dirname, '../../../../shared/vectors/wycheproof')

/** Where a file of Wycheproof's lies; `undefined` when there is no checkout. */
export function wycheproofFile(name: string): string | undefined {
  const path = join(FOLDER, name)
  return existsSync(path) ? path : undefined
}

/** The cases of a file; `undefined` when there is no checkout. */
export function wycheproofCases(file: string): readonly WycheproofCase[] | undefined {
  const path = wycheproofFile(file)
  if (path === undefined) return undefined
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as WycheproofFile
  return testGroups.flatMap(({ tests, ...group }) =>
    tests.map((test) => ({
      tcId: test.tcId,
      comment: test.comment,
      result: test.result,
      fields: { ...group, ...test },
    })),
  )
}

interface WycheproofFile {
  readonly testGroups: readonly (Readonly<Record<string, string | number>> & {
    readonly tests: readonly (WycheproofCase & Readonly<Record<string, string | number>>)[]
  })[]
}
