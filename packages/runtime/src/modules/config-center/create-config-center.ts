import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import { findModuleFile } from '../../loader/find-module-file.ts'
import { mergeConfig } from './merge-config.ts'
import { readConfigFile } from './read-config-file.ts'
import { valueAt } from './value-at.ts'

/** What `createConfig` is given. */
export interface ConfigOptions {
  /** The folder below uni-config-center whose files are meant. */
  readonly pluginId: string
  readonly defaultConfig?: unknown
  /** Puts defaults and file together in place of the deep merge. */
  readonly customMerge?: (defaultConfig: unknown, config: unknown) => unknown
  /** The folder of all plugins' folders, in place of the project's uni-config-center. */
  readonly root?: string
  /** False: an instance of its own; true when left out: one instance for each pluginId. */
  readonly cache?: boolean
}

/** The configuration of one plugin. */
export interface PluginConfig {
  /** What stands at a path (`a.b[0].c`), or the fallback; without a path all of it. */
  config(path?: string, fallback?: unknown): unknown
  /** The absolute path of a file of the plugin's folder. */
  resolve(file: string): string
  hasFile(file: string): boolean
  /** What a file of the plugin's folder exports; undefined when there is no such file. */
  requireFile(file: string): unknown
}

/** The module's one export. Throws `UNICLOUD_ARGUMENT_INVALID` without a pluginId. */
export type CreateConfig = (options: ConfigOptions) => PluginConfig

/** A folder that no process can have. */
const NOWHERE = '/dev/null'

/**
 * uni-config-center 0.0.3, less one fault: a file that is there and requires one that is not throws.
 * @param projectFolder the project's folder `uni-config-center`; undefined: it has none.
 */
export function createConfigCenter(projectFolder: () => string | undefined): CreateConfig {
  const instances = new Map<string, PluginConfig>()
  return (options) => {
    const { pluginId, cache = true } = options
    if (typeof pluginId !== 'string' || pluginId === '')
      throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'pluginId' })
    const known = cache ? instances.get(pluginId) : undefined
    if (known) return known
    const made = pluginConfig(options, join(options.root ?? projectFolder() ?? NOWHERE, pluginId))
    if (cache) instances.set(pluginId, made)
    return made
  }
}

function pluginConfig({ defaultConfig, customMerge }: ConfigOptions, folder: string): PluginConfig {
  let merged: { readonly all: unknown } | undefined
  const resolve = (file: string): string => join(folder, file)
  const find = (file: string): string | undefined => findModuleFile('/', resolve(file))
  const readAll = (): unknown => {
    const file = find('config.json')
    if (file === undefined) return defaultConfig ?? {}
    const config = readConfigFile(file)
    if (customMerge) return customMerge(defaultConfig, config)
    return Array.isArray(config) ? config : mergeConfig(defaultConfig, config)
  }
  return {
    config(path, fallback) {
      merged ??= { all: readAll() }
      return path === undefined || path === '' ? merged.all : valueAt(merged.all, path, fallback)
    },
    resolve,
    hasFile: (file) => find(file) !== undefined,
    requireFile(file) {
      const found = find(file)
      return found === undefined ? undefined : (createRequire(found)(found) as unknown)
    },
  }
}
