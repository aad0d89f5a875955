import type { Identifiers } from '../random/identifiers.ts'
import { SimulatorError } from '../simulator-error.ts'
import { parseSwitches } from '../switches.ts'
import type { Switches } from '../switches.ts'
import type { ApiSecurity } from '../security/api-security.ts'
import type { CallbackConfig } from '../callbacks/callback-config.ts'

/** What an app is: mini program, official account, website, mobile app, multi-end app; or QQ's two. */
export type AppType = 'mp' | 'oa' | 'web' | 'mobile' | 'multi' | 'qq-mp' | 'qq-app'

/** All app types, in the order of the documentation. */
export const appTypes: readonly AppType[] = ['mp', 'oa', 'web', 'mobile', 'multi', 'qq-mp', 'qq-app']

/** What the administrator answered to a call from an unknown address. Moments in ms since the epoch. */
export type RiskAnswer =
  | { readonly state: 'pending'; readonly until?: number }
  | { readonly state: 'ok' }
  | { readonly state: 'refused'; readonly until: number; readonly errcode: 89506 | 89507 }

/** The hosts that a mini program may talk to, as its console lists them: `https://a.example`, `wss://b.example:8443`. */
export interface AppDomains {
  readonly request: readonly string[]
  readonly uploadFile: readonly string[]
  readonly downloadFile: readonly string[]
  readonly socket: readonly string[]
}

/** An app as the simulated platform knows it. */
export interface App {
  readonly appid: string
  readonly type: AppType
  readonly secret: string
  /** Sandbox accounts have a tenth of the token quota. */
  readonly sandbox: boolean
  readonly secretFrozen: boolean
  readonly frozen: boolean
  readonly tokenApiForbidden: boolean
  /** Apps under one Open Platform account share unionids; absent: no unionid. */
  readonly openPlatformId: string | null
  /** Addresses and CIDR ranges; null: the default of the app's type. */
  readonly ipWhitelist: readonly string[] | null
  readonly riskIps: Readonly<Record<string, RiskAnswer>>
  /** Paths that answer 48001 for this app. */
  readonly unauthorizedPaths: readonly string[]
  readonly domains: AppDomains
  readonly envVersion: 'develop' | 'trial' | 'release'
  readonly version: string
  /** The quick phone number quota is used up: the client fails with errno 1400001. */
  readonly phoneQuotaExhausted: boolean
  /** Switch positions of this app alone. */
  readonly switches: Partial<Switches>
  readonly callback: CallbackConfig | null
  readonly apiSecurity: ApiSecurity | null
}

/** What is needed to add an app; the rest has defaults. Without a secret one is made. */
export type AppInput = Partial<Omit<App, 'appid'>> & { readonly appid: string }

/** The apps of one simulator. */
export interface Apps {
  add(input: AppInput): App
  find(appid: string): App | undefined
  /** Throws APP_UNKNOWN. */
  get(appid: string): App
  change(appid: string, patch: Partial<Omit<App, 'appid'>>): App
  /** A new AppSecret; the old one is refused at once. */
  resetSecret(appid: string): string
  remove(appid: string): void
  list(): App[]
}

/** Keeps the apps. `onSecretReset` is told of each reset. */
export function createApps(identifiers: Identifiers, onSecretReset: (app: App) => void): Apps {
  const apps = new Map<string, App>()

  const get = (appid: string): App => {
    const app = apps.get(appid)
    if (app === undefined) throw new SimulatorError('APP_UNKNOWN', `There is no app ${JSON.stringify(appid)}.`)
    return app
  }
  const keep = (app: App): App => {
    apps.set(app.appid, checkedApp(app))
    return app
  }

  return {
    add: (input) => keep({ ...appDefaults, secret: identifiers.secret(input.appid), ...defined(input) }),
    find: (appid) => apps.get(appid),
    get,
    change: (appid, patch) => keep({ ...get(appid), ...defined(patch), appid }),
    resetSecret(appid) {
      const app = keep({ ...get(appid), secret: identifiers.secret(appid) })
      onSecretReset(app)
      return app.secret
    },
    remove(appid) {
      get(appid)
      apps.delete(appid)
    },
    list: () => [...apps.values()],
  }
}

const appDefaults: Omit<App, 'appid' | 'secret'> = {
  type: 'mp',
  sandbox: false,
  secretFrozen: false,
  frozen: false,
  tokenApiForbidden: false,
  openPlatformId: null,
  ipWhitelist: null,
  riskIps: {},
  unauthorizedPaths: [],
  domains: { request: [], uploadFile: [], downloadFile: [], socket: [] },
  envVersion: 'release',
  version: '1.0.0',
  phoneQuotaExhausted: false,
  switches: {},
  callback: null,
  apiSecurity: null,
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value)

const fieldChecks: Readonly<Record<keyof App, (value: unknown) => boolean>> = {
  appid: isText,
  secret: isText,
  type: (value) => appTypes.some((type) => type === value),
  sandbox: isFlag,
  secretFrozen: isFlag,
  frozen: isFlag,
  tokenApiForbidden: isFlag,
  openPlatformId: orNull(isText),
  ipWhitelist: orNull(isTexts),
  riskIps: (value) => isObject(value) && Object.values(value as object).every(isObject),
  unauthorizedPaths: isTexts,
  domains: (value) =>
    isObject(value) &&
    ['request', 'uploadFile', 'downloadFile', 'socket'].every((kind) =>
      isTexts((value as Record<string, unknown>)[kind]),
    ),
  envVersion: (value) => value === 'develop' || value === 'trial' || value === 'release',
  version: isText,
  phoneQuotaExhausted: isFlag,
  switches: isObject,
  callback: orNull(isObject),
  apiSecurity: orNull(isObject),
}

/** Apps also come over the control URL, where nothing is typed. */
function checkedApp(app: App): App {
  for (const [field, value] of Object.entries(app)) {
    const check = Object.hasOwn(fieldChecks, field) ? fieldChecks[field as keyof App] : undefined
    if (check === undefined) throw new SimulatorError('APP_INVALID', `An app has no field "${field}".`)
    if (!check(value)) throw new SimulatorError('APP_INVALID', `The app's "${field}" has a value that it cannot take.`)
  }
  parseSwitches(app.switches)
  return app
}

/** Leaves out fields that were given as undefined, so that a default is not overwritten by nothing. */
function defined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T
}

/** Is this one of QQ's app types? */
export function isQq(app: App): boolean {
  return app.type === 'qq-mp' || app.type === 'qq-app'
}
