import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteNumber } from '../src/envelope/suite-table.ts'

/** Known answers of sealed files; bytes in hex. */
export interface FileVectors {
  readonly chunkBytes: number
  readonly cases: readonly {
    readonly suite: SuiteNumber
    readonly direction: 'upload' | 'download'
    readonly contentKey: string
    readonly salt: string
    readonly plaintext: string
    readonly sealed: string
  }[]
}

/** The known answers of sealed files. */
export function readFileVectors(): FileVectors {
  const path = join(import.meta.dirname, '../../../test/vectors/file-content.json')
  return JSON.parse(readFileSync(path, 'utf8')) as FileVectors
}
