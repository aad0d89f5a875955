import type { App, ScheduledTask } from '@drawbridge/bridge'
import type { ConfigFile } from './config-file-schema.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'
import { canDoTask, platformTable } from './platform-table.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'
import { anyDcloudAppid } from './server-config.ts'

interface AppsAndTasks {
  readonly apps: readonly App[]
  readonly schedule: readonly ScheduledTask[]
}

type AppEntry = NonNullable<ConfigFile['apps']>[number]

/**
 * The apps of `drawbridge.config.json` (at `place`) over those of the project's folder: an entry with a secret adds an
 * app or replaces its secret, one without adds switches to an app that the project has.
 */
export function mergeApps(
  project: AppsAndTasks,
  entries: readonly AppEntry[],
  place: Place,
  sources: SecretSources,
  report: Report,
): AppsAndTasks {
  let apps = project.apps
  const schedule = [...project.schedule]
  const secretsHere = new Map<string, string>()
  for (const [index, entry] of entries.entries()) {
    const here = at(place, index)
    const known = apps.filter((app) => isOf(app, entry))
    const fromProject = known.find((app) => project.apps.some((own) => isOf(own, app)))
    const secret = entry.secret ? resolveSecret(entry.secret, at(here, 'secret'), sources, report) : known[0]?.secret
    if (secret === undefined) {
      if (!entry.secret) report('APP_UNKNOWN', here, { appid: entry.appid, platform: entry.platform })
      continue
    }
    const id = `${entry.platform} ${entry.appid}`
    if (entry.secret && secretsHere.has(id) && secretsHere.get(id) !== secret) {
      report('APP_SECRETS_DIFFER', at(here, 'secret'), { appid: entry.appid, platform: entry.platform })
      continue
    }
    if (entry.secret && !secretsHere.has(id) && fromProject && fromProject.secret !== secret) {
      report('APP_SECRET_OVERRIDDEN', at(here, 'secret'), { appid: entry.appid, platform: entry.platform })
    }
    if (entry.secret) secretsHere.set(id, secret)
    apps = addEntry(apps, entry, secret)
    schedule.push(...tasksOf(entry, apps, here, report))
  }
  return { apps, schedule: withoutRepetition(schedule, apps) }
}

function isOf(app: Pick<App, 'platform' | 'appid'>, other: Pick<App, 'platform' | 'appid'>): boolean {
  return app.platform === other.platform && app.appid === other.appid
}

function addEntry(apps: readonly App[], entry: AppEntry, secret: string): readonly App[] {
  const { platform, appid, dcloudAppid } = entry
  const known = apps.filter((app) => isOf(app, entry))
  const tokenEndpoint = entry.tokenEndpoint ?? known[0]?.tokenEndpoint ?? platformTable[platform].tokenEndpoint
  const changed = apps.map((app) => (isOf(app, entry) ? { ...app, secret, tokenEndpoint } : app))
  const isListed = dcloudAppid === undefined ? known.length > 0 : known.some((app) => app.dcloudAppid === dcloudAppid)
  if (isListed) return changed
  return [...changed, { platform, appid, secret, dcloudAppid: dcloudAppid ?? anyDcloudAppid, tokenEndpoint }]
}

function tasksOf(entry: AppEntry, apps: readonly App[], place: Place, report: Report): ScheduledTask[] {
  const app = apps.find(
    (candidate) => isOf(candidate, entry) && (!entry.dcloudAppid || candidate.dcloudAppid === entry.dcloudAppid),
  )
  if (!app) return []
  return (entry.tasks ?? []).flatMap((task, index) => {
    if (canDoTask(app, task)) return [{ app, task }]
    report('TASK_IMPOSSIBLE', at(place, 'tasks', index), { platform: entry.platform, task }, 'error')
    return []
  })
}

/** Apps that share an appid share their records: one task is enough, with the app as it finally is. */
function withoutRepetition(schedule: readonly ScheduledTask[], apps: readonly App[]): readonly ScheduledTask[] {
  const tasks = new Map<string, ScheduledTask>()
  for (const { app, task } of schedule) {
    const id = `${app.platform} ${app.appid} ${task}`
    const final = apps.find((other) => isOf(other, app) && other.dcloudAppid === app.dcloudAppid) ?? app
    if (!tasks.has(id)) tasks.set(id, { app: final, task })
  }
  return [...tasks.values()]
}
