import { asyncApi, callApi } from './api-call.ts'
import type { AsyncApi, Ok } from './api-call.ts'
import type { StorageArea } from './storage-area.ts'
import { WxError } from './wx-error.ts'

/** What wx.getStorageInfo gives: sizes in KB. */
export interface StorageInfo {
  readonly keys: readonly string[]
  readonly currentSize: number
  readonly limitSize: number
}

interface Keyed {
  readonly key: string
}

interface Encrypted {
  readonly encrypt?: boolean
}

/** The storage part of `wx`; only the asynchronous calls can encrypt. */
export interface StorageApis {
  readonly setStorage: AsyncApi<Ok, Keyed & Encrypted & { readonly data: unknown }>
  readonly getStorage: AsyncApi<Ok & { readonly data: unknown }, Keyed & Encrypted>
  readonly removeStorage: AsyncApi<Ok, Keyed>
  readonly clearStorage: AsyncApi<Ok>
  readonly getStorageInfo: AsyncApi<Ok & StorageInfo>
  setStorageSync(key: string, data: unknown): void
  /** An empty text when there is nothing. */
  getStorageSync(key: string): unknown
  removeStorageSync(key: string): void
  clearStorageSync(): void
  getStorageInfoSync(): StorageInfo
}

const LIMIT_KB = 10_240

/** Binds the storage APIs to an area. */
export function createStorageApis(area: StorageArea): StorageApis {
  const info = (): StorageInfo => ({
    keys: area.keys(),
    currentSize: Math.ceil(area.usedBytes() / 1024),
    limitSize: LIMIT_KB,
  })
  return {
    setStorage: asyncApi((options) =>
      callApi('setStorage', options, () => {
        area.set('setStorage', options.key, options.data, options.encrypt ?? false)
        return {}
      }),
    ),
    getStorage: asyncApi((options) =>
      callApi('getStorage', options, () => {
        const found = area.get('getStorage', options.key, options.encrypt ?? false)
        if (found === undefined) throw new WxError('getStorage', 'data not found')
        return { data: found.value }
      }),
    ),
    removeStorage: asyncApi((options) =>
      callApi('removeStorage', options, () => {
        area.remove(options.key)
        return {}
      }),
    ),
    clearStorage: asyncApi((options) =>
      callApi('clearStorage', options, () => {
        area.clear()
        return {}
      }),
    ),
    getStorageInfo: asyncApi((options) => callApi('getStorageInfo', options, info)),
    setStorageSync: (key, data) => area.set('setStorageSync', key, data, false),
    getStorageSync(key) {
      const found = area.get('getStorageSync', key, false)
      return found === undefined ? '' : found.value
    },
    removeStorageSync: (key) => area.remove(key),
    clearStorageSync: () => area.clear(),
    getStorageInfoSync: info,
  }
}
