import type { App, PlatformId } from '@drawbridge/bridge'
import { checkRest } from './check-rest.ts'
import { checkSchema } from './check-schema.ts'
import type { ConfigFile } from './config-file-schema.ts'
import { configFileSchema } from './config-file-schema.ts'
import type { Report } from './mistake.ts'
import { openJson } from './open-json.ts'
import type { Place } from './place.ts'

/** The configuration file after its schema: what it says, and where it says it. */
export interface OpenedConfigFile {
  readonly says: ConfigFile
  readonly place: Place
}

/** Opens the text of `drawbridge.config.json`; undefined when it does not fit its schema, which is reported. */
export function openConfigFile(file: string, text: string, report: Report): OpenedConfigFile | undefined {
  const place = openJson(file, text, report)
  if (!place) return undefined
  if (!checkSchema(configFileSchema, place, report)) {
    checkRest(place, report)
    return undefined
  }
  // The schema was checked right above; this is the one place where its type is taken for true.
  return { says: place.value as ConfigFile, place }
}

/** The token endpoint that the file chooses for an app; undefined: it says nothing of it. */
export function tokenEndpointIn(
  file: ConfigFile | undefined,
  platform: PlatformId,
  appid: string,
): App['tokenEndpoint'] | undefined {
  return file?.apps?.find((app) => app.platform === platform && app.appid === appid && app.tokenEndpoint)?.tokenEndpoint
}
