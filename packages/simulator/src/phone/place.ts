import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'
import type { Member } from '../state/users.ts'

/** Where the code of a mini program runs: this platform, this app, this user, this device. */
export interface Place {
  readonly platform: Platform
  /** The app as it is now: it may be changed while the phone is in use. */
  readonly app: () => App
  readonly member: Member
  readonly device: Device
  /** Throws what a test asked this API to fail with next, once. */
  readonly failIfAsked: (api: string) => void
}

/** What the phone is. */
export interface Device {
  readonly platform: 'ios' | 'android' | 'ohos' | 'ohos_pc' | 'windows' | 'mac' | 'devtools'
  readonly brand: string
  readonly model: string
  readonly system: string
  /** The base library: APIs newer than it are missing. */
  readonly sdkVersion: string
  /** The version of the WeChat app. */
  readonly version: string
  readonly language: string
  readonly theme: 'light' | 'dark'
}
