import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { platformHosts } from '@drawbridge/bridge'
import type { UpstreamHosts } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { ConfigFile } from './config-file-schema.ts'
import { readTextFile } from './read-text-file.ts'
import { findUniConfigCenter } from './find-uni-config-center.ts'
import { mergeApps } from './merge-apps.ts'
import type { Mistake, Report } from './mistake.ts'
import { createReport } from './mistake.ts'
import type { Place } from './place.ts'
import { at, placeWithoutText } from './place.ts'
import type { OpenedConfigFile } from './open-config-file.ts'
import type { SecretSources } from './resolve-secret.ts'
import { openConfigFile, tokenEndpointIn } from './open-config-file.ts'
import { readCallers } from './read-callers.ts'
import { readEnvironment } from './read-environment.ts'
import type { EnvironmentSettings } from './read-environment.ts'
import { readMasterKey } from './read-master-key.ts'
import type { ProjectConfig } from './read-uni-config-center.ts'
import { readUniConfigCenter, uniConfigCenterFiles } from './read-uni-config-center.ts'
import { readAllowList } from './read-allow-list.ts'
import { readIdentity } from './read-identity.ts'
import { readFiles } from './read-files.ts'
import { readRedisUrl } from './read-redis-url.ts'
import { readGateway } from './read-gateway.ts'
import { readSecureNetwork } from './read-secure-network.ts'
import { readSpaces } from './read-spaces.ts'
import { resolveSecret } from './resolve-secret.ts'
import type { ServerConfig } from './server-config.ts'
import type { SpaceInFile } from './space-schema.ts'

/** What the reader is given of the world. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The text of a configuration file that is on no disk; then no file is looked for, nor a project in `cwd`. */
  readonly configText?: string | undefined
  /** From the command line; wins over the environment. */
  readonly configPath?: string | undefined
  readonly uniConfigCenter?: string | undefined
  /** true or false from a command (`dev` is never production); undefined: the environment and the file decide. */
  readonly production?: boolean | undefined
  /** Spaces besides those of the file; `dev` adds the project's. */
  readonly spaces?: readonly SpaceInFile[] | undefined
}

/** What came of reading: the configuration, unless there are errors, and every mistake either way. */
export interface LoadedConfig {
  readonly config?: ServerConfig
  readonly mistakes: readonly Mistake[]
  /** The files that were read, for people and for watching. */
  readonly files: readonly string[]
  readonly dataDir: string
  /** The file that development keeps its master key in; undefined when the key comes from elsewhere. */
  readonly masterKeyFile?: string
}

/** The name of the configuration file. */
export const configFileName = 'drawbridge.config.json'

/**
 * Reads every source: defaults, the project's uni-config-center folder, `drawbridge.config.json`, the environment;
 * later ones win. Never throws for a mistake: all are collected. In development a master key file is made when there
 * is none.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { report, mistakes } = createReport()
  const files: string[] = []
  const env = readEnvironment(sources.env, report)
  const opened = openFile(sources, env, files, report)
  const says: ConfigFile = withSpaces(opened?.says ?? {}, sources.spaces)
  const production = sources.production ?? (sources.env.NODE_ENV === 'production' || says.production === true)
  const folder = opened ? dirname(resolve(sources.cwd, opened.place.file)) : sources.cwd
  const secrets = secretSources(sources, folder, production, report)
  const dataDir = resolve(env.dataDir ? sources.cwd : folder, env.dataDir ?? says.dataDir ?? '.drawbridge')

  const project = openProject(sources, env, opened, folder, production, files, report)
  const place = opened?.place ?? placeWithoutText(configFileName)
  const masterKey = readMasterKey({ env, says, place, secrets, cwd: sources.cwd, dataDir, report })
  const config = assemble({ env, says, place, production, folder, dataDir, secrets, project, report }, masterKey?.key)
  const isRefused = [...project.mistakes, ...mistakes].some(({ severity }) => severity === 'error')
  // A file that was not understood is told already; that its apps are missing follows from it.
  if (!isRefused && config?.apps.length === 0 && config.spaces.length === 0)
    report('APPS_NONE', placeWithoutText(configFileName))
  return {
    ...(!isRefused && config && { config }),
    mistakes: [...project.mistakes, ...mistakes],
    files,
    dataDir,
    ...(masterKey?.keptIn !== undefined && { masterKeyFile: masterKey.keptIn }),
  }
}

/** The configuration, or `CONFIG_INVALID` with the first mistake in `detail`; for those who cannot show them all. */
export function demandConfig(loaded: LoadedConfig): ServerConfig {
  if (loaded.config) return loaded.config
  const errors = loaded.mistakes.filter(({ severity }) => severity === 'error')
  const [first] = errors
  throw new DrawbridgeError('CONFIG_INVALID', {
    mistakes: errors.length,
    ...(first && { file: first.file, path: first.path, line: first.line ?? null, mistake: first.code }),
  })
}

function withSpaces(says: ConfigFile, more: readonly SpaceInFile[] = []): ConfigFile {
  return more.length === 0 ? says : { ...says, spaces: [...(says.spaces ?? []), ...more] }
}

function openFile(
  sources: ConfigSources,
  env: EnvironmentSettings,
  files: string[],
  report: Report,
): OpenedConfigFile | undefined {
  if (sources.configText !== undefined) return openConfigFile(configFileName, sources.configText, report)
  const named = sources.configPath ?? env.configPath
  const name = named ?? configFileName
  const place = placeWithoutText(name)
  const path = resolve(sources.cwd, name)
  if (named !== undefined && !existsSync(path)) report('FILE_MISSING', place)
  const text = readTextFile(path, place, report)
  if (text === undefined) return undefined
  files.push(path)
  return openConfigFile(name, text, report)
}

function openProject(
  sources: ConfigSources,
  env: EnvironmentSettings,
  opened: OpenedConfigFile | undefined,
  folder: string,
  production: boolean,
  files: string[],
  report: Report,
): ProjectConfig {
  const outside = sources.uniConfigCenter ?? env.uniConfigCenter
  const inFile = opened?.says.uniConfigCenter
  // Nobody named a folder: a uniCloud project in the working directory is taken as it is.
  const path = outside ? resolve(sources.cwd, outside) : resolve(folder, inFile ?? '.')
  const isLookedFor = sources.configText === undefined || outside !== undefined || inFile !== undefined
  const found = isLookedFor ? findUniConfigCenter(path) : undefined
  if (!found) {
    const place =
      outside === undefined && opened ? at(opened.place, 'uniConfigCenter') : placeWithoutText(String(outside))
    if (outside !== undefined || inFile !== undefined) report('FOLDER_MISSING', place, { path })
    return { apps: [], schedule: [], allowList: [], mistakes: [] }
  }
  const texts = new Map<string, string>()
  const label = relative(sources.cwd, found) || '.'
  for (const name of uniConfigCenterFiles) {
    const text = readTextFile(join(found, name), placeWithoutText(`${label}/${name}`), report)
    if (text === undefined) continue
    texts.set(name, text)
    files.push(join(found, name))
  }
  return readUniConfigCenter(texts, {
    folder: label,
    production,
    s2sSwitches: opened?.says.callers?.s2s ?? {},
    tokenEndpointOf: (platform, appid) => tokenEndpointIn(opened?.says, platform, appid),
  })
}

function secretSources(sources: ConfigSources, folder: string, production: boolean, report: Report): SecretSources {
  return {
    env: sources.env,
    folder,
    production,
    readFile: (path) => readTextFile(path, placeWithoutText(path), report),
  }
}

interface Parts {
  readonly env: EnvironmentSettings
  readonly place: Place
  readonly says: ConfigFile
  readonly production: boolean
  readonly folder: string
  readonly dataDir: string
  readonly secrets: SecretSources
  readonly project: ProjectConfig
  readonly report: Report
}

function assemble(parts: Parts, masterKey: Uint8Array | undefined): ServerConfig | undefined {
  const { env, says, place, production, folder, dataDir, secrets, project, report } = parts
  const { apps, schedule } = mergeApps(project, says.apps ?? [], at(place, 'apps'), secrets, report)
  const host = env.host ?? says.host ?? '127.0.0.1'
  const tlsProxy = says.tlsProxy ?? false
  if (!tlsProxy && production && !isLoopback(host)) {
    report('PLAIN_HTTP', env.host ? placeWithoutText('env', ['HOST']) : at(place, 'host'), { host })
  }
  const redisPlace = env.redisUrl ? placeWithoutText('env', ['DRAWBRIDGE_REDIS_URL']) : at(place, 'store', 'redisUrl')
  const redisText =
    env.redisUrl ?? (says.store?.redisUrl && resolveSecret(says.store.redisUrl, redisPlace, secrets, report))
  const redisUrl = readRedisUrl(redisText, redisPlace, report)
  const callers = readCallers(says.callers, at(place, 'callers'), project, secrets, report)
  const files = readFiles(says.files ?? {}, says.spaces ?? [], at(place, 'files'), { dataDir, secrets, report })
  const spaces = readSpaces(says.spaces ?? [], at(place, 'spaces'), {
    apps,
    secrets,
    serverRedisUrl: redisUrl,
    report,
  })
  const isLoginWanted = says.identity !== undefined || spaces.length > 0
  const identity = isLoginWanted
    ? readIdentity({
        says: says.identity ?? {},
        place: at(place, 'identity'),
        uniId: project.uniId,
        dataDir,
        secrets,
        report,
      })
    : undefined
  const secureNetwork = readSecureNetwork(says.secureNetwork, at(place, 'secureNetwork'), { production, apps, report })
  const gateway = readGateway(says.gateway, at(place, 'gateway'), { spaces, secureNetwork, secrets, report })
  const trustedProxies = says.trustedProxies ? readProxies(at(place, 'trustedProxies'), report) : []
  if (!masterKey) return undefined
  return {
    production,
    host,
    port: env.port ?? says.port ?? 7400,
    tlsProxy,
    trustedProxies,
    apps,
    schedule,
    spaces,
    ...(identity && { identity }),
    secureNetwork,
    ...(gateway && { gateway }),
    files,
    store: {
      sqlitePath: says.store?.sqlitePath ? resolve(folder, says.store.sqlitePath) : join(dataDir, 'drawbridge.db'),
      ...(redisUrl && { redisUrl }),
    },
    masterKey,
    callers,
    rateLimitPerMinute: says.rateLimitPerMinute ?? 60_000,
    bodyMaxBytes: says.bodyMaxBytes ?? 65_536,
    audit: { keepDays: says.audit?.keepDays ?? 30, maxRows: says.audit?.maxRows ?? 200_000 },
    upstream: {
      ...weixinHosts(env.weixinUrl ?? says.upstream?.weixin, says.upstream?.weixinBackup),
      qq: env.qqUrl ?? says.upstream?.qq ?? platformHosts.qq,
      graphQq: env.graphQqUrl ?? says.upstream?.graphQq ?? 'https://graph.qq.com',
      timeoutMs: says.upstream?.timeoutMs ?? 5000,
    },
    logLevel: env.logLevel ?? says.logLevel ?? 'info',
  }
}

/** The platform's backup stands in for the platform alone, never for a simulator or a proxy. */
function weixinHosts(
  weixin: string | undefined,
  backup: string | undefined,
): Pick<UpstreamHosts, 'weixin' | 'weixinBackup'> {
  const weixinBackup = backup ?? (weixin === undefined ? platformHosts.weixinBackup : undefined)
  return { weixin: weixin ?? platformHosts.weixin, ...(weixinBackup !== undefined && { weixinBackup }) }
}

function readProxies(place: Place, report: Report): readonly string[] {
  return readAllowList(place, report, { malformed: 'error', everyone: 'TRUSTED_PROXY_ALL' })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
