import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvelopeVectors } from './envelope-vectors.ts'

/** The envelope's known answers. */
export function readVectors(): EnvelopeVectors {
  const path = join(import.meta.dirname, '../../../test/vectors/envelope.json')
  return JSON.parse(readFileSync(path, 'utf8')) as EnvelopeVectors
}
