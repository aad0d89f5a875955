import type { App, PlatformId, ScheduledTask } from '@drawbridge/bridge'

/** What the configuration reader knows of one platform. */
export interface PlatformRow {
  /** Where uni-id/config.json keeps appid and appsecret, in the order in which uni-open-bridge-common 1.2.1 looks. */
  readonly uniIdPaths: readonly (readonly string[])[]
  /** How the application access_token is obtained when nobody says otherwise. */
  readonly tokenEndpoint: App['tokenEndpoint']
  /** Names under which old samples and client code know the platform. */
  readonly oldNames: readonly string[]
}

const rows: Record<PlatformId, PlatformRow> = {
  'weixin-mp': { uniIdPaths: [['mp-weixin', 'oauth', 'weixin']], tokenEndpoint: 'stable', oldNames: ['mp-weixin'] },
  'weixin-h5': {
    uniIdPaths: [
      ['web', 'oauth', 'weixin-h5'],
      ['h5-weixin', 'oauth', 'weixin'],
      ['h5', 'oauth', 'weixin'],
    ],
    tokenEndpoint: 'stable',
    oldNames: ['h5-weixin'],
  },
  'weixin-web': { uniIdPaths: [['web', 'oauth', 'weixin-web']], tokenEndpoint: 'none', oldNames: ['web-weixin'] },
  'weixin-app': {
    uniIdPaths: [
      ['app', 'oauth', 'weixin'],
      ['app-plus', 'oauth', 'weixin'],
    ],
    tokenEndpoint: 'none',
    oldNames: ['app-weixin'],
  },
  'qq-mp': { uniIdPaths: [['mp-qq', 'oauth', 'qq']], tokenEndpoint: 'legacy', oldNames: ['mp-qq'] },
  'qq-app': {
    uniIdPaths: [
      ['app', 'oauth', 'qq'],
      ['app-plus', 'oauth', 'qq'],
    ],
    tokenEndpoint: 'none',
    oldNames: ['app-qq'],
  },
}

/** The six platforms by name; no prototype, so an outsider's string finds nothing else. */
export const platformTable: Readonly<Record<PlatformId, PlatformRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<PlatformId, PlatformRow>, rows),
)

/** The names of the platforms. */
export const platformIds = Object.keys(rows) as readonly PlatformId[]

/** Whether the string names a platform. */
export function isPlatformId(name: string): name is PlatformId {
  return name in platformTable
}

/** The platform that an old name means; undefined for all other strings. */
export function platformOfOldName(name: string): PlatformId | undefined {
  return platformIds.find((id) => platformTable[id].oldNames.includes(name))
}

/** The tasks of the schedule. */
export const taskNames = ['accessToken', 'ticket'] as const

/** Whether the string names a task. */
export function isTaskName(name: string): name is ScheduledTask['task'] {
  return (taskNames as readonly string[]).includes(name)
}

/** Whether the platform can be asked for what the task keeps fresh. */
export function canDoTask(app: App, task: ScheduledTask['task']): boolean {
  if (app.tokenEndpoint === 'none') return false
  return task === 'accessToken' || app.platform === 'weixin-h5'
}
