import { Agent } from 'undici'
import type { Control } from '../control/control.ts'
import type { EncryptedData } from '../crypto/open-data.ts'
import type { Platform } from '../platform.ts'
import { SimulatorError } from '../simulator-error.ts'
import { createCryptoApis } from './crypto-apis.ts'
import { createDeviceApis } from './device-apis.ts'
import { USER_DATA_PATH, createFileSystemManager, createFiles } from './files.ts'
import type { Files } from './files.ts'
import { createLoginApis } from './login-apis.ts'
import type { Device, Place } from './place.ts'
import { wxConnectSocket } from './network/connect-socket.ts'
import { wxDownloadFile } from './network/download-file.ts'
import type { Network } from './network/network.ts'
import { wxRequest } from './network/request.ts'
import { createSlots } from './network/slots.ts'
import { wxUploadFile } from './network/upload-file.ts'
import { createVisibility } from './network/visibility.ts'
import { createStorageApis } from './storage-apis.ts'
import { createStorageArea } from './storage-area.ts'
import type { StorageArea } from './storage-area.ts'
import { WxError } from './wx-error.ts'
import { withoutNewer } from './wx.ts'
import type { Wx } from './wx.ts'

/** Whose phone, and which app is open on it. */
export interface PhoneOptions extends Partial<Device> {
  readonly appid: string
  /** By our id, or by openid (a new one makes a new user); nobody named: the first user. */
  readonly user?: string
  readonly openid?: string
  /**
   * Where an origin really is, as a hosts file: `{ 'https://api.example.com': 'http://127.0.0.1:3000' }`. The rules
   * see the origin that the code names, the connection goes to the other.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /** A certificate authority in PEM that the phone trusts. */
  readonly ca?: string
}

/** What the phone number button hands to the page. */
export interface PhoneNumberDetail extends Partial<EncryptedData> {
  readonly errMsg: string
  readonly errno?: number
  readonly code?: string
}

/** One user's phone with one app open on it. */
export interface Phone {
  readonly wx: Wx
  readonly appid: string
  readonly userId: string
  readonly openid: string
  readonly unionid: string | undefined
  readonly files: Files
  /** The app goes to the background: unfinished requests are interrupted after five seconds. */
  background(): void
  foreground(): void
  /** The user presses the phone number button and agrees. */
  pressPhoneNumberButton(): PhoneNumberDetail
  /** The next call of an API fails so, once: `failNext('login', 'timeout', 5)`. */
  failNext(api: string, why: string, errno?: number): void
}

/** What phones of one simulator share. */
export interface PhoneShop {
  readonly platform: Platform
  readonly control: Control
  /** Kept per app and user, so that a phone opened again finds its storage. */
  readonly storage: Map<string, StorageArea>
  /** Told of what must be closed with the simulator. */
  readonly onClose: (close: () => Promise<void>) => void
}

const defaultDevice: Device = {
  platform: 'android',
  brand: 'Simulated',
  model: 'Simulated Phone',
  system: 'Android 14',
  sdkVersion: '3.8.0',
  version: '8.0.56',
  language: 'zh_CN',
  theme: 'light',
}

/** Opens an app on a user's phone. Throws APP_UNKNOWN, USER_UNKNOWN, ARGUMENT_INVALID. */
export function createPhone(shop: PhoneShop, options: PhoneOptions): Phone {
  const { platform, control } = shop
  const { appid, user, openid, hosts = {}, ca, ...device } = options
  const app = platform.apps.get(appid)
  if (!['mp', 'qq-mp', 'multi'].includes(app.type)) {
    throw new SimulatorError('ARGUMENT_INVALID', `App ${appid} is of type ${app.type}; a phone opens mini programs.`)
  }
  const member = platform.users.memberOrNew(app, { user, openid })
  const failures = new Map<string, WxError>()
  const place: Place = {
    platform,
    member,
    app: () => platform.apps.get(appid),
    device: { ...defaultDevice, ...device },
    failIfAsked(api) {
      const failure = failures.get(api)
      failures.delete(api)
      if (failure !== undefined) throw failure
    },
  }
  const visibility = createVisibility(platform.clock, platform.switches)
  const agent = new Agent(ca === undefined ? {} : { connect: { ca } })
  shop.onClose(() => agent.destroy())
  const files = createFiles()
  const network: Network = {
    place,
    visibility,
    slots: createSlots(platform.switches),
    dispatcher: agent,
    connectTo: (url) => mapped(url, hosts),
  }
  const storage = shop.storage.get(`${appid}\n${member.user.id}`) ?? createStorageArea()
  shop.storage.set(`${appid}\n${member.user.id}`, storage)

  return {
    wx: createWx(network, files, storage),
    appid,
    userId: member.user.id,
    openid: member.openid,
    unionid: member.unionid,
    files,
    background: visibility.background,
    foreground: visibility.foreground,
    pressPhoneNumberButton: () => pressPhoneNumberButton(place, control),
    failNext: (api, why, errno) => void failures.set(api, new WxError(api, why, errno)),
  }
}

function createWx(network: Network, files: Files, storage: StorageArea): Wx {
  const { place } = network
  const fileSystemManager = createFileSystemManager(files, place.failIfAsked)
  const wx: Wx = {
    ...createLoginApis(place),
    ...createCryptoApis(place),
    ...createStorageApis(storage),
    ...createDeviceApis(place),
    request: (options) => wxRequest(network, options),
    uploadFile: (options) => wxUploadFile(network, files, options),
    downloadFile: (options) => wxDownloadFile(network, files, options),
    connectSocket: (options) => wxConnectSocket(network, options),
    getFileSystemManager: () => fileSystemManager,
    canIUse: (name) => Object.hasOwn(present, name.split('.')[0] ?? ''),
    env: { USER_DATA_PATH },
  }
  const present = withoutNewer(wx, place.device.sdkVersion)
  return present
}

function pressPhoneNumberButton({ app, member, platform }: Place, control: Control): PhoneNumberDetail {
  if (app().phoneQuotaExhausted) return { errMsg: 'getPhoneNumber:fail jsapi has no permission', errno: 1400001 }
  const ref = { appid: app().appid, openid: member.openid }
  const code = control.codes.phone(ref)
  const hasSession = platform.sessions.live(app(), member.user.id) !== undefined
  return { errMsg: 'getPhoneNumber:ok', code, ...(hasSession ? control.codes.encryptedPhone(ref) : {}) }
}

function mapped(url: URL, hosts: Readonly<Record<string, string>>): URL {
  const origin = `${url.protocol}//${url.host}`
  const target = Object.hasOwn(hosts, origin) ? hosts[origin] : undefined
  return target === undefined ? url : new URL(`${target}${url.pathname}${url.search}`)
}
