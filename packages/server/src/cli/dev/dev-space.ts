import { randomBytes } from 'node:crypto'
import type { ConfigSources, LoadedConfig } from '../../config/load-config.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import type { SpaceInFile } from '../../config/space-schema.ts'
import type { Space } from '../../spaces/space.ts'
import type { CloudProject } from './find-cloud-project.ts'

/** The space that a project's functions are in while it is developed, in the words of the configuration file. */
export function devSpace(
  { functionsFolder, provider }: CloudProject,
  { spaceId, clientSecret }: { readonly spaceId: string; readonly clientSecret: string },
): SpaceInFile {
  return {
    spaceId,
    clientSecret,
    functions: functionsFolder,
    provider,
    // Pages come from wherever the bundler serves them; what they reach is on this machine.
    origins: ['*'],
    workers: { max: 2, memoryMb: 512, timeoutSeconds: 60 },
  }
}

/**
 * The configuration with the project's functions in one of its spaces: in the configured one that has this folder,
 * else in one of their own.
 */
export function loadWithProject(
  load: (more: Partial<ConfigSources>) => LoadedConfig,
  sources: Partial<ConfigSources>,
  project: CloudProject,
  own: SpaceInFile,
): LoadedConfig {
  const loaded = load(sources)
  const isThere = loaded.config?.spaces.some(({ functionsFolder }) => functionsFolder === project.functionsFolder)
  return isThere ? loaded : load({ ...sources, spaces: [own] })
}

/** The configuration with functions told that they run on a developer's machine. */
export function locally(config: ServerConfig): ServerConfig {
  return { ...config, spaces: config.spaces.map((space) => ({ ...space, runtimeEnv: 'local' })) }
}

/** A secret for a space that has none yet. */
export function newClientSecret(): string {
  return randomBytes(16).toString('hex')
}

/** What a developer pastes: into the app, or into the environment of its build. */
export function pasteable(endpoint: string, { spaceId, clientSecret }: Pick<Space, 'spaceId' | 'clientSecret'>) {
  const known = { provider: 'aliyun', spaceId, clientSecret, endpoint }
  const fields = Object.entries(known).map(([name, value]) => `${name}: '${value}'`)
  return {
    init: `uniCloud.init({ ${fields.join(', ')} })`,
    environment: `UNI_CLOUD_PROVIDER='${JSON.stringify([{ ...known, spaceName: spaceId }])}'`,
  } as const
}
