import { fileMistakes } from './file-mistakes.ts'
import type { MistakeRow } from './mistake-row.ts'
import { projectMistakes } from './project-mistakes.ts'

const rows = { ...fileMistakes, ...projectMistakes } as const satisfies Record<string, MistakeRow>

/** The name of a kind of mistake; stable. */
export type MistakeCode = keyof typeof rows

/** Every kind of mistake by its code. */
export const mistakeTable: Readonly<Record<MistakeCode, MistakeRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<MistakeCode, MistakeRow>, rows),
)
