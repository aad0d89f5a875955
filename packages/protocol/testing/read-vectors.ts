import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvelopeVectors } from './envelope-vectors.ts'

/** The envelope's known answers: suites 1 and 2 in the one file, the optional suite 3 in the other. */
export function readVectors(file: 'envelope.json' | 'envelope-suite3.json' = 'envelope.json'): EnvelopeVectors {
  const path = join(import.meta.dirname, '../../../test/vectors', file)
  return JSON.parse(readFileSync(path, 'utf8')) as EnvelopeVectors
}
