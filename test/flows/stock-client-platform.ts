import { createStockNetwork } from './stock-client-network.ts'
import type { StockNetwork } from './stock-client-network.ts'

/** What the client runs on. */
export interface StockPlatformOptions {
  readonly platform: 'mp-weixin' | 'web'
  /** The origin of the page, for web; http://localhost:5173 when left out. */
  readonly origin?: string
  /** What survives a restart of the app: `uni_id_token` and the like. */
  readonly storage?: Map<string, unknown>
  readonly appId?: string
  readonly deviceId?: string
  /** What WeChat's own APIs answer, for mp-weixin. */
  readonly weixin?: {
    readonly appId: string
    /** `wx.login`. */
    login(): Promise<{ readonly code: string }>
    /** `getLatestUserKey` of the user crypto manager; `expireTime` in ms. */
    latestUserKey(): Promise<{
      readonly encryptKey: string
      readonly iv: string
      readonly version: number
      readonly expireTime: number
    }>
  }
  /** Rewrites an address before the network is asked, for those that the client has compiled in. */
  readonly reach?: (url: string) => string
}

/** A phone or a browser, as the client sees it. */
export interface StockPlatform {
  readonly appId: string
  readonly uni: object
  readonly wx: object | undefined
  readonly network: StockNetwork
  readonly storage: Map<string, unknown>
  /** What the user was shown: names of the UI calls with their options. */
  readonly shown: readonly (readonly [name: string, options: unknown])[]
}

interface Callbacks<Value> {
  success?(value: Value): void
  fail?(error: unknown): void
  complete?(value: unknown): void
}

/** Makes `uni` and `wx`. */
export function createStockPlatform(options: StockPlatformOptions): StockPlatform {
  const { platform, storage = new Map<string, unknown>(), appId = '__UNI__STOCK', weixin, reach } = options
  const isWeb = platform === 'web'
  const network = createStockNetwork({
    ...(isWeb && { origin: options.origin ?? 'http://localhost:5173' }),
    ...(reach && { reach }),
  })
  const shown: [string, unknown][] = []
  const show = (name: string) => (asked?: Callbacks<object>) => {
    shown.push([name, asked])
    asked?.success?.({ confirm: false, cancel: true })
    asked?.complete?.({})
  }
  const system = {
    appId,
    appName: 'stock',
    appVersion: '1.0.0',
    uniPlatform: platform,
    deviceId: options.deviceId ?? '1700000000000123',
    deviceType: isWeb ? 'pc' : 'phone',
    osName: isWeb ? 'linux' : 'android',
    platform: isWeb ? 'linux' : 'android',
    ua: 'stock/1',
  }
  const uni = {
    request: network.request,
    uploadFile: network.uploadFile,
    getStorageSync: (name: string) => storage.get(name) ?? '',
    setStorageSync: (name: string, value: unknown) => void storage.set(name, value),
    removeStorageSync: (name: string) => void storage.delete(name),
    clearStorageSync: () => {
      storage.clear()
    },
    getSystemInfoSync: () => ({ ...system }),
    getAppBaseInfo: () => ({ ...system }),
    getDeviceInfo: () => ({ deviceId: system.deviceId, osName: system.osName, platform: system.platform }),
    getLocale: () => 'zh-Hans',
    getLaunchOptionsSync: () => ({ scene: 1001 }),
    showModal: show('showModal'),
    showToast: show('showToast'),
    showLoading: show('showLoading'),
    hideLoading: show('hideLoading'),
    addInterceptor: () => undefined,
    login: (asked: Callbacks<object>) => {
      settle(weixin?.login(), asked)
    },
    getUserCryptoManager: () => ({
      getLatestUserKey: (asked: Callbacks<object>) => {
        settle(weixin?.latestUserKey(), asked)
      },
    }),
  }
  const wx = {
    canIUse: () => true,
    getAccountInfoSync: () => ({ miniProgram: { appId: weixin?.appId ?? '' } }),
  }
  return { appId, uni, wx: isWeb ? undefined : wx, network, storage, shown }
}

function settle(work: Promise<object> | undefined, asked: Callbacks<object>): void {
  const done = work ?? Promise.reject(new Error('not on this platform'))
  done.then(
    (value) => {
      asked.success?.(value)
      asked.complete?.(value)
    },
    (error: unknown) => {
      asked.fail?.(error)
      asked.complete?.(error)
    },
  )
}
