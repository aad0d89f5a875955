import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReportMistake } from './folder-mistake.ts'

/** What a package.json holds; every member is unchecked. */
export type Manifest = Readonly<Record<string, unknown>>

/** The package.json of a folder: empty when there is none, undefined (and reported) when it cannot be read. */
export function readManifest(folder: string, name: string, report: ReportMistake): Manifest | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return {}
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
    if (isRecord(manifest)) return manifest
    report({ name, file, message: 'package.json is no object. Write an object.', weight: 'unusable' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : ''
    report({ name, file, message: `package.json cannot be read: ${reason}. Correct its JSON.`, weight: 'unusable' })
  }
  return undefined
}

/** Whether a value is an object with members, no array. */
export function isRecord(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
