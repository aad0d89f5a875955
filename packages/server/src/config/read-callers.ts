import type { ConfigFile } from './config-file-schema.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, isObject } from './place.ts'
import { readAllowList } from './read-allow-list.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'
import { readS2s } from './read-s2s.ts'
import type { ProjectConfig } from './read-uni-config-center.ts'
import { parseScope } from '../callers/scope.ts'
import type { S2sConfig, ServerConfig, SigningCaller } from './server-config.ts'

type CallersInFile = NonNullable<ConfigFile['callers']>

/** Who may call: what the file says, and where it is silent the project's folder. */
export function readCallers(
  says: ConfigFile['callers'] = {},
  place: Place,
  project: ProjectConfig,
  secrets: SecretSources,
  report: Report,
): ServerConfig['callers'] {
  const { production } = secrets
  const allowList = says.allowList
    ? readAllowList(at(place, 'allowList'), report, { malformed: 'error', everyone: 'OPEN_TO_ALL', production })
    : project.allowList
  const s2s = says.s2s?.type ? readOwnS2s(says.s2s, at(place, 's2s'), secrets, report) : project.s2s
  const signing = (says.signing ?? []).flatMap((caller, index): SigningCaller[] => {
    const here = at(place, 'signing', index)
    const key = resolveSecret(caller.key, at(here, 'key'), secrets, report)
    if (key === undefined) return []
    return [{ keyId: caller.keyId, algorithm: caller.algorithm, key, scopes: caller.scopes.map(parseScope) }]
  })
  return { allowList, ...(s2s && { s2s }), signing }
}

/** The same rules as for the project's file, with the secrets looked up first. */
function readOwnS2s(
  says: NonNullable<CallersInFile['s2s']>,
  place: Place,
  secrets: SecretSources,
  report: Report,
): S2sConfig | undefined {
  const { md5AsSha256, allowUnsignedValue, requireBinding, ...fields } = says
  const resolved: Record<string, unknown> = { ...fields }
  for (const key of ['connectCode', 'signKey'] as const) {
    const secret = fields[key]
    if (secret === undefined) continue
    const text = resolveSecret(secret, at(place, key), secrets, report)
    if (text === undefined) return undefined
    resolved[key] = text
  }
  if (!isObject(resolved)) return undefined
  return readS2s({ ...place, value: resolved }, report, {
    production: secrets.production,
    md5AsSha256,
    allowUnsignedValue,
    requireBinding,
  })
}
