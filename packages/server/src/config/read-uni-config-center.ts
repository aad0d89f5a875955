import type { App, ScheduledTask } from '@drawbridge/bridge'
import type { Mistake } from './mistake.ts'
import { createReport } from './mistake.ts'
import { openJson } from './open-json.ts'
import type { Place } from './place.ts'
import type { ProjectOptions } from './project-options.ts'
import { readOpenBridge } from './read-open-bridge.ts'
import { readS2s } from './read-s2s.ts'
import { readUniId } from './read-uni-id.ts'
import type { S2sConfig } from './server-config.ts'

/** What an existing uniCloud project's configuration folder says. */
export interface ProjectConfig {
  readonly apps: readonly App[]
  readonly schedule: readonly ScheduledTask[]
  /** Addresses and CIDR ranges as written, malformed ones left out. */
  readonly allowList: readonly string[]
  readonly s2s?: S2sConfig
  /** `uni-id/config.json`, for what login reads of it. */
  readonly uniId?: Place
  readonly mistakes: readonly Mistake[]
}

/** The files that are read, as paths within the folder. */
export const uniConfigCenterFiles = [
  'uni-id/config.json',
  'uni-open-bridge/config.json',
  'uni-cloud-s2s/config.json',
] as const

/**
 * Reads the `uni-config-center` folder of a uniCloud project as it is. `files` holds texts by path within the folder;
 * absent files are fine. Never throws: every mistake is in `mistakes`, and what is right beside it still counts.
 */
export function readUniConfigCenter(files: ReadonlyMap<string, string>, options: ProjectOptions = {}): ProjectConfig {
  const { report, mistakes } = createReport()
  const { folder, production = false, s2sSwitches = {} } = options
  const open = (name: (typeof uniConfigCenterFiles)[number]): Place | undefined => {
    const text = files.get(name)
    if (text === undefined) return undefined
    return openJson(folder === undefined ? name : `${folder.replace(/[\\/]+$/, '')}/${name}`, text, report)
  }

  const uniId = open('uni-id/config.json')
  const openBridge = open('uni-open-bridge/config.json')
  const s2sPlace = open('uni-cloud-s2s/config.json')

  const known = uniId ? readUniId(uniId, report, options) : { apps: [], dcloudAppids: [] }
  const { schedule, allowList } = openBridge
    ? readOpenBridge(openBridge, known, report, { production })
    : { schedule: [], allowList: [] }
  const s2s = s2sPlace && readS2s(s2sPlace, report, { ...s2sSwitches, production })
  return { apps: known.apps, schedule, allowList, ...(s2s && { s2s }), ...(uniId && { uniId }), mistakes }
}
