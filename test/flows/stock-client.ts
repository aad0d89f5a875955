import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import { createStockPlatform } from './stock-client-platform.ts'
import type { StockPlatform, StockPlatformOptions } from './stock-client-platform.ts'

/** What a published uniCloud client is built with; the compile-time constants of an app. */
export interface StockClientOptions extends StockPlatformOptions {
  readonly provider: 'aliyun' | 'dcloud'
  readonly endpoint: string
  readonly spaceId: string
  readonly clientSecret: string
  /** The switch of manifest.json, and the rules that a build compiles in: function (list, `*`) → clients. */
  readonly secureNetwork?: {
    readonly enabled: boolean
    readonly rules?: Readonly<Record<string, readonly object[]>>
  }
}

/** `uniCloud` of an app, as far as the tests use it. */
export interface StockUniCloud {
  callFunction(options: object): Promise<StockResult>
  importObject(
    name: string,
    options?: object,
  ): Readonly<Record<string, (...params: readonly unknown[]) => Promise<unknown>>>
  uploadFile(options: object): Promise<Readonly<Record<string, unknown>>>
  getTempFileURL(options: object): Promise<{ readonly fileList: readonly Readonly<Record<string, unknown>>[] }>
  deleteFile(options: object): Promise<unknown>
  addInterceptor(name: string, interceptor: object): void
  removeInterceptor(name: string, interceptor?: object): void
  interceptObject(interceptor: object): void
  onResponse(listener: (event: unknown) => void): void
  onRefreshToken(listener: (event: unknown) => void): void
  getCurrentUserInfo(): Readonly<Record<string, unknown>>
  initSecureNetworkByWeixin(options?: object): Promise<unknown>
  setCustomClientInfo(info: object): void
}

/** What callFunction resolves with. */
export interface StockResult {
  readonly success?: boolean
  readonly result?: unknown
  readonly errCode?: unknown
  readonly requestId?: string
  readonly header?: unknown
}

/** What the client throws. */
export interface StockError extends Error {
  readonly code?: unknown
  readonly errCode?: unknown
  readonly errMsg?: string
  readonly errSubject?: string
  readonly requestId?: string
  readonly detail?: unknown
}

/** One app with the stock client in it. */
export interface StockClient {
  readonly uniCloud: StockUniCloud
  readonly UniCloudError: new (...parameters: never[]) => Error
  /** The phone or browser under it, and all that went over its network. */
  readonly platform: StockPlatform
}

const require = createRequire(import.meta.url)
const file = require.resolve('@dcloudio/uni-cloud')
const source = readFileSync(file, 'utf8')

/**
 * Starts an app with the published `@dcloudio/uni-cloud`, not a byte of it changed. Its compile-time constants, `uni`,
 * `wx` and its global object are given to it as arguments, so that each app has a memory of its own.
 */
export function createStockClient(options: StockClientOptions): StockClient {
  const { provider, spaceId, clientSecret, endpoint, secureNetwork } = options
  const platform = createStockPlatform(options)
  const env = {
    NODE_ENV: 'production',
    UNI_PLATFORM: options.platform === 'web' ? 'h5' : options.platform,
    UNI_APP_ID: platform.appId,
    UNICLOUD_DEBUG: '',
    RUN_BY_HBUILDERX: '',
    UNI_CLOUD_PROVIDER: JSON.stringify([{ provider, spaceName: spaceId, spaceId, clientSecret, endpoint }]),
    UNI_SECURE_NETWORK_ENABLE: String(secureNetwork?.enabled ?? false),
    UNI_SECURE_NETWORK_CONFIG: JSON.stringify(
      secureNetwork?.rules
        ? [{ provider, spaceId, config: { accessControl: { enable: true, function: secureNetwork.rules } } }]
        : [],
    ),
  }
  const exports: Partial<Pick<StockClient, 'uniCloud' | 'UniCloudError'>> = {}
  const names = { exports, process: { env }, globalThis: {}, uni: platform.uni, wx: platform.wx, window: undefined }
  const run = compileFunction(source, Object.keys(names), { filename: file })
  Reflect.apply(run, undefined, Object.values(names))
  const { uniCloud, UniCloudError } = exports
  if (!uniCloud || !UniCloudError) throw new Error('the client did not start')
  return { uniCloud, UniCloudError, platform }
}
