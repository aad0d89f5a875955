import { fileMistakes } from './file-mistakes.ts'
import { gatewayMistakes } from './gateway-mistakes.ts'
import { identityMistakes } from './identity-mistakes.ts'
import type { MistakeRow } from './mistake-row.ts'
import { projectMistakes } from './project-mistakes.ts'
import { ruleMistakes } from './rule-mistakes.ts'
import { secureNetworkMistakes } from './secure-network-mistakes.ts'
import { spaceMistakes } from './space-mistakes.ts'

const rows = {
  ...fileMistakes,
  ...projectMistakes,
  ...spaceMistakes,
  ...identityMistakes,
  ...ruleMistakes,
  ...secureNetworkMistakes,
  ...gatewayMistakes,
} as const satisfies Record<string, MistakeRow>

/** The name of a kind of mistake; stable. */
export type MistakeCode = keyof typeof rows

/** Every kind of mistake by its code. */
export const mistakeTable: Readonly<Record<MistakeCode, MistakeRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<MistakeCode, MistakeRow>, rows),
)
