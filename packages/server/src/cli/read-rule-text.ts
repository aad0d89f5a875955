import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { createReport } from '../config/mistake.ts'
import type { Mistake, MistakeDetail } from '../config/mistake.ts'
import type { MistakeCode } from '../config/mistake-table.ts'
import { placeWithoutText } from '../config/place.ts'

const FILE_MAX_BYTES = 1_048_576

/** The text of a rule file, or what keeps it from being read. `isAbsent`: there is no such file. @param path absolute */
export function readRuleText(
  path: string,
  cwd: string,
): { readonly text: string } | { readonly mistakes: readonly Mistake[]; readonly isAbsent: boolean } {
  const refuse = (code: MistakeCode, detail?: MistakeDetail) => {
    const { report, mistakes } = createReport()
    report(code, placeWithoutText(relative(cwd, path)), detail)
    return { mistakes, isAbsent: code === 'FILE_MISSING' }
  }
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return NO_FILE.has(reason) ? refuse('FILE_MISSING') : refuse('FILE_UNREADABLE', { reason })
  }
  if (bytes.length > FILE_MAX_BYTES) return refuse('FILE_UNREADABLE', { reason: `> ${FILE_MAX_BYTES} bytes` })
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return refuse('FILE_NOT_UTF8')
  }
}

const NO_FILE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])
