import type { App, AppType } from '../state/apps.ts'

/** One limit of the platform: how many calls, in which window, counted for whom, and the answer beyond it. */
export interface LimitRow {
  readonly path: string
  readonly window: 'minute' | 'day'
  readonly max: number
  readonly errcode: 45009 | 45011
  readonly source: 'documented' | 'unconfirmed'
  /** Only these app types; all when absent. */
  readonly types?: readonly AppType[]
  /** Only sandbox accounts, or only the others; both when absent. */
  readonly sandbox?: boolean
}

/** Limits per app. Daily numbers that are not published come from the switch `unpublishedDailyLimit`. */
export const limitTable = {
  tokenDaily: day('/cgi-bin/token', 2_000, { types: ['oa'], sandbox: false }),
  tokenDailySandbox: day('/cgi-bin/token', 200, { types: ['oa'], sandbox: true }),
  stableTokenMinute: minute('/cgi-bin/stable_token', 10_000),
  stableTokenDaily: day('/cgi-bin/stable_token', 500_000),
  resetSessionMinute: minute('/wxa/resetusersessionkey', 60_000),
  oauthTokenMinute: minute('/sns/oauth2/access_token', 50_000),
  oauthRefreshMinute: minute('/sns/oauth2/refresh_token', 100_000, 'unconfirmed'),
  userinfoMinute: minute('/sns/userinfo', 50_000, 'unconfirmed'),
} satisfies Record<string, LimitRow>

/** The name of a limit per app. */
export type AppLimitName = keyof typeof limitTable

/** Limits that are counted in other ways, in calls a window. */
export const otherLimits = {
  /** jscode2session, each user, a minute: 45011. */
  code2SessionPerUserMinute: 100,
  /** clear_quota, each app, a month: 48006. */
  clearQuotaMonthly: 10,
  /** quota/clear by path, each app, a month: 48006. */
  clearQuotaByPathMonthly: 50,
  /** wx.login and wx.checkSession, each user, a second: the client fails. */
  loginPerSecond: 4,
} as const

/** The name of any limit. */
export type LimitName = AppLimitName | keyof typeof otherLimits

/** Numbers that replace the defaults. */
export type Limits = { readonly [K in LimitName]: number }

/** Every limit at its default. */
export const defaultLimits: Limits = {
  ...(Object.fromEntries(Object.entries(limitTable).map(([name, limit]) => [name, limit.max])) as Record<
    AppLimitName,
    number
  >),
  ...otherLimits,
}

/** Does this limit count this app's calls? */
export function limitApplies(limit: LimitRow, app: App): boolean {
  if (limit.types !== undefined && !limit.types.includes(app.type)) return false
  return limit.sandbox === undefined || limit.sandbox === app.sandbox
}

function day(path: string, max: number, rest: Pick<LimitRow, 'types' | 'sandbox'> = {}): LimitRow {
  return { path, window: 'day', max, errcode: 45009, source: 'documented', ...rest }
}

function minute(path: string, max: number, source: LimitRow['source'] = 'documented'): LimitRow {
  return { path, window: 'minute', max, errcode: 45011, source }
}
