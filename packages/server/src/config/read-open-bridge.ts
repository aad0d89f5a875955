import type { App, PlatformId, ScheduledTask } from '@drawbridge/bridge'
import { readAllowList } from './read-allow-list.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, elements, isObject, members } from './place.ts'
import { canDoTask, isPlatformId, isTaskName, platformIds, platformOfOldName, taskNames } from './platform-table.ts'
import { anyDcloudAppid } from './server-config.ts'
import { suggest } from './suggest.ts'

/**
 * The schedule and the white list of `uni-open-bridge/config.json`, against what `uni-id/config.json` says. What
 * cannot be scheduled is reported and stops nothing else.
 */
export function readOpenBridge(
  root: Place,
  uniId: UniId,
  report: Report,
  { production }: { readonly production: boolean },
): { readonly schedule: readonly ScheduledTask[]; readonly allowList: readonly string[] } {
  if (!isObject(root.value)) {
    report('VALUE_WRONG', root, { expected: '{ "schedule": { … }, "ipWhiteList": [ … ] }' })
    return { schedule: [], allowList: [] }
  }
  const allowListOptions = { malformed: 'warning', everyone: 'OPEN_TO_ALL', production } as const
  const schedule: ScheduledTask[] = []
  const allowList: string[] = []
  for (const [key, place] of members(root)) {
    if (key === 'schedule') schedule.push(...readSchedule(place, uniId, report))
    else if (key === 'ipWhiteList') allowList.push(...readAllowList(place, report, allowListOptions))
    else if (key === 'ipWhitelist') {
      report('WHITELIST_OLD_NAME', place)
      allowList.push(...readAllowList(place, report, allowListOptions))
    } else report('KEY_UNKNOWN', place, withSuggestion(key, ['schedule', 'ipWhiteList']), 'warning')
  }
  return { schedule, allowList: [...new Set(allowList)] }
}

interface UniId {
  readonly apps: readonly App[]
  readonly dcloudAppids: readonly string[]
}

function readSchedule(place: Place, { apps, dcloudAppids }: UniId, report: Report): ScheduledTask[] {
  if (!isObject(place.value)) {
    report('SCHEDULE_WRONG', place)
    return []
  }
  return members(place).flatMap(([dcloudAppid, entry]) => {
    if (!dcloudAppids.some((known) => known === dcloudAppid || known === anyDcloudAppid)) {
      const suggestion = suggest(dcloudAppid, dcloudAppids)
      report('SCHEDULE_APP_UNKNOWN', entry, { dcloudAppid, ...(suggestion && { suggestion }) })
      return []
    }
    const own = apps.filter((app) => app.dcloudAppid === dcloudAppid || app.dcloudAppid === anyDcloudAppid)
    return readApp(entry, dcloudAppid, own, report)
  })
}

function readApp(entry: Place, dcloudAppid: string, apps: readonly App[], report: Report): ScheduledTask[] {
  if (!isObject(entry.value)) {
    report('VALUE_WRONG', entry, { expected: '{ "enable": true, "weixin-mp": { … } }' }, 'warning')
    return []
  }
  const enable = at(entry, 'enable')
  // The reference asks for exactly true here, and for anything truthy below.
  const isOn = enable.value === true
  if (!isOn && enable.value !== false) report('ENABLE_WRONG', enable, { counts: 'false' })
  const tasks = members(entry).flatMap(([name, place]) => {
    if (name === 'enable') return []
    const platform = knownPlatform(name, place, report)
    return platform ? readPlatform(place, platform, dcloudAppid, apps, report) : []
  })
  return isOn ? tasks : []
}

function knownPlatform(name: string, place: Place, report: Report): PlatformId | undefined {
  if (isPlatformId(name)) return name
  const known = platformOfOldName(name)
  if (known) {
    report('PLATFORM_OLD_NAME', place, { platform: name, known })
    return known
  }
  const suggestion = suggest(name, [...platformIds, 'enable'])
  report('PLATFORM_UNKNOWN', place, { platform: name, ...(suggestion && { suggestion }) })
  return undefined
}

function readPlatform(
  place: Place,
  platform: PlatformId,
  dcloudAppid: string,
  apps: readonly App[],
  report: Report,
): ScheduledTask[] {
  if (!isObject(place.value)) {
    report('VALUE_WRONG', place, { expected: '{ "enable": true, "tasks": [ "accessToken" ] }' }, 'warning')
    return []
  }
  for (const [key, member] of members(place)) {
    if (key !== 'enable' && key !== 'tasks') {
      report('KEY_UNKNOWN', member, withSuggestion(key, ['enable', 'tasks']), 'warning')
    }
  }
  const enable = at(place, 'enable')
  const isOn = Boolean(enable.value)
  if (typeof enable.value !== 'boolean') report('ENABLE_WRONG', enable, { counts: String(isOn) })
  const app = apps.find((candidate) => candidate.platform === platform)
  if (isOn && !app) report('PLATFORM_UNCONFIGURED', place, { platform, dcloudAppid })
  const tasks = readTasks(at(place, 'tasks'), platform, app, isOn, report)
  return isOn && app ? tasks.map((task) => ({ app, task })) : []
}

function readTasks(
  place: Place,
  platform: PlatformId,
  app: App | undefined,
  isOn: boolean,
  report: Report,
): ScheduledTask['task'][] {
  if (place.value === undefined || (Array.isArray(place.value) && place.value.length === 0)) {
    if (isOn) report('TASKS_MISSING', place)
    return []
  }
  if (!Array.isArray(place.value)) {
    report('VALUE_WRONG', place, { expected: '[ "accessToken", "ticket" ]' }, 'warning')
    return []
  }
  const tasks = elements(place).flatMap((element) => {
    const task = element.value
    if (typeof task !== 'string') {
      report('VALUE_WRONG', element, { expected: '"accessToken" | "ticket"' }, 'warning')
      return []
    }
    if (!isTaskName(task)) {
      const suggestion = suggest(task, taskNames)
      report('TASK_UNKNOWN', element, { task, ...(suggestion && { suggestion }) })
      return []
    }
    if (app && !canDoTask(app, task)) {
      report('TASK_IMPOSSIBLE', element, { platform, task })
      return []
    }
    return [task]
  })
  return [...new Set(tasks)]
}

function withSuggestion(key: string, known: readonly string[]): { key: string; suggestion?: string } {
  const suggestion = suggest(key, known)
  return { key, ...(suggestion && { suggestion }) }
}
