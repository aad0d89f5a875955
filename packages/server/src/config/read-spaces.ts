import { resolve } from 'node:path'
import type { App } from '@drawbridge/bridge'
import type { Space, WorkerLimits } from '../spaces/space.ts'
import { findCloudfunctions } from './find-cloudfunctions.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'
import type { SecretSources } from './resolve-secret.ts'
import { readRedisUrl } from './read-redis-url.ts'
import { redisMistake } from './redis-mistake.ts'
import { resolveSecret } from './resolve-secret.ts'
import type { SpaceInFile } from './space-schema.ts'

const PROVIDER = 'aliyun'
const LIMITS: WorkerLimits = { max: 4, memoryMb: 256, timeoutSeconds: 10, queueMax: 1000 }

/** What the spaces are read with. */
interface SpaceSources {
  readonly apps: readonly App[]
  readonly secrets: SecretSources
  /** The server's own, which no space may have. */
  readonly serverRedisUrl?: string | undefined
  readonly report: Report
}

/** The spaces of `drawbridge.config.json`, at `place`; one that lacks what it needs is left out, which is reported. */
export function readSpaces(entries: readonly SpaceInFile[], place: Place, sources: SpaceSources): readonly Space[] {
  const seen = new Set<string>()
  return entries.flatMap((entry, index) => {
    const here = at(place, index)
    const { spaceId } = entry
    if (seen.has(spaceId)) sources.report('SPACE_REPEATED', at(here, 'spaceId'), { spaceId })
    seen.add(spaceId)
    const space = readSpace(entry, here, sources)
    return space ? [space] : []
  })
}

function readSpace(entry: SpaceInFile, place: Place, sources: SpaceSources): Space | undefined {
  const { secrets, report, apps } = sources
  const { spaceId, provider = PROVIDER, dcloudAppids, redisUrl: redisSecret } = entry
  const clientSecret = resolveSecret(entry.clientSecret, at(place, 'clientSecret'), secrets, report)
  const redisPlace = at(place, 'redisUrl')
  const redisText = redisSecret && resolveSecret(redisSecret, redisPlace, secrets, report)
  const redisUrl = readRedisUrl(redisText, redisPlace, report)
  const mistake = redisUrl && redisMistake(redisUrl, sources.serverRedisUrl)
  if (mistake) report(mistake, redisPlace, { spaceId })
  const origins = readOrigins(entry, at(place, 'origins'), sources)
  const functionsFolder = readFunctionsFolder(entry, at(place, 'functions'), sources)
  const environment = readVariables(entry.environment ?? {}, at(place, 'environment'), sources)
  for (const [index, dcloudAppid] of (dcloudAppids ?? []).entries())
    if (!apps.some((app) => app.dcloudAppid === dcloudAppid))
      report('SPACE_APPID_UNKNOWN', at(place, 'dcloudAppids', index), { dcloudAppid })
  const { workers = {} } = entry
  if ((workers.uid === undefined) !== (workers.gid === undefined)) report('WORKER_USER_PARTIAL', at(place, 'workers'))
  if (clientSecret === undefined) return undefined
  return {
    spaceId,
    clientSecret,
    origins,
    provider,
    ...(functionsFolder !== undefined && { functionsFolder }),
    ...(dcloudAppids && { dcloudAppids }),
    workers: { ...LIMITS, ...workers },
    ...(redisUrl && { redisUrl }),
    environment,
  }
}

function readOrigins({ origins = [], spaceId }: SpaceInFile, place: Place, sources: SpaceSources): readonly string[] {
  return origins.flatMap((origin, index) => {
    const here = at(place, index)
    if (origin === '*') {
      if (sources.secrets.production) sources.report('ORIGIN_ANY', here, { spaceId })
      return [origin]
    }
    const url = URL.canParse(origin) ? new URL(origin) : undefined
    const isSite = url !== undefined && /^https?:$/.test(url.protocol) && !url.hostname.includes('*')
    // As browsers send it, or it would never match.
    if (isSite && url.origin === origin) return [origin]
    const suggestion = isSite ? url.origin : undefined
    sources.report('ORIGIN_WRONG', here, { origin, ...(suggestion !== undefined && { suggestion }) })
    return []
  })
}

function readFunctionsFolder(entry: SpaceInFile, place: Place, { secrets, report }: SpaceSources): string | undefined {
  if (entry.functions === undefined) return undefined
  const path = resolve(secrets.folder, entry.functions)
  const found = findCloudfunctions(path, entry.provider ?? PROVIDER)
  if (found === undefined) report('SPACE_FOLDER_MISSING', place, { path })
  return found
}

function readVariables(
  environment: NonNullable<SpaceInFile['environment']>,
  place: Place,
  { secrets, report }: SpaceSources,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, says]) => {
      // Text that stands here is a setting, not a secret in the wrong place.
      const value = typeof says === 'string' ? says : resolveSecret(says, at(place, name), secrets, report)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
