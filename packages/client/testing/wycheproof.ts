import { existsSync } from 'node:fs'
import { join } from 'node:path'

// The vectors belong to C2SP/wycheproof and are read where a checkout keeps them, beside this repository.
const FOLDER = join(import.meta.dirname, '../../../../shared/vectors/wycheproof')

/** Where a file of Wycheproof's lies; `undefined` when there is no checkout. */
export function wycheproofFile(name: string): string | undefined {
  const path = join(FOLDER, name)
  return existsSync(path) ? path : undefined
}
