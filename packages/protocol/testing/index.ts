export { skipLoudly } from './skip-loudly.ts'
export { wycheproofCases, wycheproofFile } from './wycheproof.ts'
export type { WycheproofCase } from './wycheproof.ts'
