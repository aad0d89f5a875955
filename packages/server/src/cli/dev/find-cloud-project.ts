import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isFolder } from '../../config/is-folder.ts'
import type { SpaceInFile } from '../../config/space-schema.ts'

/** A uni-app or uniCloud project on disk. */
export interface CloudProject {
  readonly root: string
  readonly functionsFolder: string
  /** What functions are told as provider, by the folder's name. */
  readonly provider: NonNullable<SpaceInFile['provider']>
  /** The DCloud app, as manifest.json names it. */
  readonly dcloudAppid: string | undefined
}

/** Where uni-app keeps what belongs to a space, and whose space it then is; the first that is there is taken. */
const cloudFolders: readonly (readonly [name: string, provider: CloudProject['provider']])[] = [
  ['uniCloud', 'aliyun'],
  ['uniCloud-aliyun', 'aliyun'],
  ['uniCloud-tcb', 'tencent'],
  ['uniCloud-alipay', 'alipay'],
  ['uniCloud-dcloud', 'dcloud'],
]

/**
 * The project at a path: its root (also one with `src`), its `uniCloud…` folder, or its `cloudfunctions`. undefined:
 * none there.
 */
export function findCloudProject(path: string): CloudProject | undefined {
  const start = resolve(path)
  for (const base of [start, join(start, 'src')]) {
    for (const [name, provider] of cloudFolders) {
      const functionsFolder = join(base, name, 'cloudfunctions')
      if (isFolder(functionsFolder)) return project(start, functionsFolder, provider)
    }
  }
  const inside = basename(start) === 'cloudfunctions' ? start : join(start, 'cloudfunctions')
  if (!isFolder(inside)) return undefined
  const cloud = dirname(inside)
  const provider = new Map(cloudFolders).get(basename(cloud))
  return provider === undefined ? project(cloud, inside, 'aliyun') : project(dirname(cloud), inside, provider)
}

function project(root: string, functionsFolder: string, provider: CloudProject['provider']): CloudProject {
  return { root, functionsFolder, provider, dcloudAppid: readDcloudAppid(root) }
}

/** manifest.json is JSON with comments, and one line of it is enough. */
function readDcloudAppid(root: string): string | undefined {
  for (const folder of [root, join(root, 'src')]) {
    try {
      const appid = /"appid"\s*:\s*"(__UNI__\w{1,32})"/.exec(readFileSync(join(folder, 'manifest.json'), 'utf8'))?.[1]
      if (appid !== undefined) return appid
    } catch {
      // A project without an app: functions alone.
    }
  }
  return undefined
}
