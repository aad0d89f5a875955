import { Refusal } from '../errors/refusal.ts'
import type { App } from '../state/apps.ts'
import type { SwitchBoard } from '../state/switch-board.ts'
import { defaultLimits, limitApplies, limitTable } from './limit-table.ts'
import type { AppLimitName, LimitName, LimitRow, Limits } from './limit-table.ts'
import type { QuotaDays } from './quota-days.ts'

/** What quota/get tells of one path. */
export interface Quota {
  readonly dailyLimit: number
  readonly used: number
  readonly perMinute: number | undefined
}

/** Counts calls and refuses those beyond a limit. */
export interface LimitBook {
  /** Counts one call of an app to a path; throws the refusal 45009 or 45011 beyond the limit. */
  spend(path: string, app: App): void
  /** Counts one use under a name of its own (a user, a month); false when `limit` is used up in this window. */
  take(limit: LimitName, key: string, window: number): boolean
  quota(path: string, app: App): Quota
  /** Sets the used daily quota of an app back to nothing: for one path, or for all. */
  clear(app: App, path?: string): void
  set(limits: Partial<Limits>): void
}

interface Counter {
  window: number
  used: number
}

const KEYS_MAX = 200_000

/** Makes a fresh book. */
export function createLimitBook(deps: {
  readonly days: QuotaDays
  readonly switches: SwitchBoard
  readonly limits: Partial<Limits>
}): LimitBook {
  const { days, switches } = deps
  let limits: Limits = { ...defaultLimits, ...deps.limits }
  const daily = new Map<string, Counter>()
  const minutely = new Map<string, Counter>()
  const named = new Map<string, Counter>()
  const rows = rowsByPath()

  const count = (book: Map<string, Counter>, key: string, window: number): number => {
    const counter = book.get(key)
    if (counter === undefined || counter.window !== window) {
      // Old windows are worthless: rather forget them all than keep a counter for everybody who ever called.
      if (book.size >= KEYS_MAX) book.clear()
      book.set(key, { window, used: 1 })
      return 1
    }
    counter.used += 1
    return counter.used
  }
  const limitOf = (path: string, app: App, window: LimitRow['window']): number | undefined => {
    const found = rows.get(path)?.find(([, limit]) => limit.window === window && limitApplies(limit, app))
    if (found !== undefined) return limits[found[0]]
    return window === 'day' ? switches.get('unpublishedDailyLimit', app) : undefined
  }

  return {
    spend(path, app) {
      const key = `${app.appid}\n${path}`
      const perMinute = limitOf(path, app, 'minute')
      if (perMinute !== undefined && count(minutely, key, days.minute()) > perMinute) throw new Refusal(45011)
      const dailyLimit = limitOf(path, app, 'day') ?? Infinity
      if (count(daily, key, days.day()) > dailyLimit) throw new Refusal(45009)
    },
    take: (limit, key, window) => count(named, `${limit}\n${key}`, window) <= limits[limit],
    quota(path, app) {
      const counter = daily.get(`${app.appid}\n${path}`)
      const dailyLimit = limitOf(path, app, 'day') ?? 0
      const used = counter !== undefined && counter.window === days.day() ? Math.min(counter.used, dailyLimit) : 0
      return { dailyLimit, used, perMinute: limitOf(path, app, 'minute') }
    },
    clear(app, path) {
      if (path !== undefined) return void daily.delete(`${app.appid}\n${path}`)
      for (const key of [...daily.keys()]) if (key.startsWith(`${app.appid}\n`)) daily.delete(key)
    },
    set(changed) {
      limits = { ...limits, ...changed }
    },
  }
}

function rowsByPath(): Map<string, [AppLimitName, LimitRow][]> {
  const rows = new Map<string, [AppLimitName, LimitRow][]>()
  for (const [name, limit] of Object.entries(limitTable) as [AppLimitName, LimitRow][]) {
    rows.set(limit.path, [...(rows.get(limit.path) ?? []), [name, limit]])
  }
  return rows
}
