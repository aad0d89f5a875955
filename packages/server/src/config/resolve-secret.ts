import { resolve } from 'node:path'
import type { SecretInFile } from './secret-schema.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'

/** How a secret's text is found. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Secret files are relative to it. */
  readonly folder: string
  /** undefined: absent or unreadable. */
  readonly readFile: (path: string) => string | undefined
  readonly production: boolean
}

/** The text of a secret, from the file, the environment or another file; undefined when it is missing, which is reported. */
export function resolveSecret(
  secret: SecretInFile,
  place: Place,
  sources: SecretSources,
  report: Report,
): string | undefined {
  if (typeof secret === 'string') {
    if (sources.production) report('SECRET_IN_CLEAR', place)
    return secret
  }
  if ('env' in secret) {
    const text = sources.env[secret.env]?.trim()
    if (text) return text
    report('SECRET_ENV_MISSING', at(place, 'env'), { name: secret.env })
    return undefined
  }
  const text = sources.readFile(resolve(sources.folder, secret.file))?.trim()
  if (text) return text
  report('SECRET_FILE_MISSING', at(place, 'file'), { name: secret.file })
  return undefined
}
