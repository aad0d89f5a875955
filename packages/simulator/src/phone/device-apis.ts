import type { Place } from './place.ts'

/** What wx.getAccountInfoSync gives; `version` is empty except in a release. */
export interface AccountInfo {
  readonly miniProgram: { readonly appId: string; readonly envVersion: string; readonly version: string }
}

/** What wx.getAppBaseInfo gives. */
export interface AppBaseInfo {
  readonly SDKVersion: string
  readonly enableDebug: boolean
  readonly host: { readonly appId: string; readonly env: string }
  readonly language: string
  readonly version: string
  readonly theme: string
  readonly fontSizeSetting: number
}

/** What wx.getDeviceInfo gives. */
export interface DeviceInfo {
  readonly abi: string
  readonly deviceAbi: string
  readonly benchmarkLevel: number
  readonly brand: string
  readonly model: string
  readonly system: string
  readonly platform: string
  readonly cpuType: string
  readonly memorySize: string
}

/** What the mini program can learn about itself and the device, all at once and without waiting. */
export interface DeviceApis {
  getAccountInfoSync(): AccountInfo
  getAppBaseInfo(): AppBaseInfo
  getDeviceInfo(): DeviceInfo
  /** Deprecated since 2.20.1; old code still asks it. */
  getSystemInfoSync(): AppBaseInfo & DeviceInfo
  arrayBufferToBase64(buffer: ArrayBuffer): string
  base64ToArrayBuffer(base64: string): ArrayBuffer
}

// WeChat's own name for the host "WeChat".
const WEIXIN_HOST = { appId: 'wxWeixinMain', env: 'WeChat' }

/** Binds the device APIs to a place. */
export function createDeviceApis({ app, device }: Place): DeviceApis {
  const getAppBaseInfo = (): AppBaseInfo => ({
    SDKVersion: device.sdkVersion,
    enableDebug: false,
    host: WEIXIN_HOST,
    language: device.language,
    version: device.version,
    theme: device.theme,
    fontSizeSetting: 16,
  })
  const getDeviceInfo = (): DeviceInfo => ({
    abi: 'arm64-v8a',
    deviceAbi: 'arm64-v8a',
    benchmarkLevel: 30,
    brand: device.brand,
    model: device.model,
    system: device.system,
    platform: device.platform,
    cpuType: 'simulated',
    memorySize: '8192',
  })
  return {
    getAppBaseInfo,
    getDeviceInfo,
    getSystemInfoSync: () => ({ ...getAppBaseInfo(), ...getDeviceInfo() }),
    getAccountInfoSync() {
      const { appid, envVersion, version } = app()
      return { miniProgram: { appId: appid, envVersion, version: envVersion === 'release' ? version : '' } }
    },
    arrayBufferToBase64: (buffer) => Buffer.from(buffer).toString('base64'),
    base64ToArrayBuffer: (base64) => Uint8Array.from(Buffer.from(base64, 'base64')).buffer,
  }
}
