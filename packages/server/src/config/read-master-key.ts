import { join, resolve } from 'node:path'
import type { ConfigFile } from './config-file-schema.ts'
import { keepMasterKeyFile, parseMasterKey } from './master-key.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, placeWithoutText } from './place.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'
import type { EnvironmentSettings } from './read-environment.ts'

/** In the data folder. */
const masterKeyFileName = 'master.key'

/** The master key, and the development file that it came from, if it did. */
export interface MasterKey {
  readonly key: Uint8Array
  readonly keptIn?: string
}

/**
 * The master key: from DRAWBRIDGE_MASTER_KEY, DRAWBRIDGE_MASTER_KEY_FILE, the file's `masterKey`, else in development
 * from `master.key` in the data folder, which is made when absent. undefined: reported.
 */
export function readMasterKey({
  env,
  says,
  place,
  secrets,
  cwd,
  dataDir,
  report,
}: {
  readonly env: EnvironmentSettings
  readonly says: ConfigFile
  readonly place: Place
  readonly secrets: SecretSources
  readonly cwd: string
  readonly dataDir: string
  readonly report: Report
}): MasterKey | undefined {
  const found = findText()
  if (!found) return undefined
  const key = parseMasterKey(found.text)
  if (!key) report('MASTER_KEY_WRONG', found.place)
  return key && { key, ...(found.keptIn !== undefined && { keptIn: found.keptIn }) }

  function findText(): { readonly text: string; readonly place: Place; readonly keptIn?: string } | undefined {
    if (env.masterKey) return { text: env.masterKey, place: placeWithoutText('env', ['DRAWBRIDGE_MASTER_KEY']) }
    if (env.masterKeyFile) {
      const here = placeWithoutText('env', ['DRAWBRIDGE_MASTER_KEY_FILE'])
      const text = secrets.readFile(resolve(cwd, env.masterKeyFile))?.trim()
      if (!text) report('SECRET_FILE_MISSING', here, { name: env.masterKeyFile })
      return text ? { text, place: here } : undefined
    }
    if (says.masterKey) {
      const here = at(place, 'masterKey')
      const text = resolveSecret(says.masterKey, here, secrets, report)
      return text ? { text, place: here } : undefined
    }
    const path = join(dataDir, masterKeyFileName)
    if (secrets.production) {
      report('MASTER_KEY_MISSING', placeWithoutText('env', ['DRAWBRIDGE_MASTER_KEY']))
      return undefined
    }
    try {
      return { text: keepMasterKeyFile(path), place: placeWithoutText(path), keptIn: path }
    } catch (cause) {
      const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
      report('FILE_UNREADABLE', placeWithoutText(path), { reason })
      return undefined
    }
  }
}
