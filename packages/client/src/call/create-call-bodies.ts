import { hexEncode } from '@drawbridge/protocol'
import type { Host } from '../host.ts'
import type { RandomPool } from '../secure/create-random-pool.ts'
import { textOf } from './read-answer.ts'

/** What is said with every call, sealed or not. */
export interface CallBody {
  readonly spaceId: string
  readonly data: unknown
  /** `deviceId` is this installation's: the host's own, else random and kept. */
  readonly clientInfo: Readonly<Record<string, unknown>> & { readonly deviceId: string }
  readonly uniIdToken: string | undefined
}

/** Makes bodies: `clientInfo` as uniCloud has it, and the uni-id token where the user has logged in. */
export interface CallBodies {
  body(data: unknown): Promise<CallBody>
  /** What `setCustomClientInfo` was given. */
  setCustom(info: Readonly<Record<string, unknown>>): void
}

/** Where uni-app keeps its id for a mini program, so that the stock client and this one speak of the same device. */
const DEVICE_ID = '__DC_STAT_UUID'

/** @param of `appId`: the DCloud app, `__UNI__…` */
export function createCallBodies(
  host: Host,
  { appId, spaceId, random }: { readonly appId: string; readonly spaceId: string; readonly random: RandomPool },
): CallBodies {
  const { storage } = host
  let custom: Readonly<Record<string, unknown>> = {}
  let kept: string | undefined
  const ownDeviceId = async (): Promise<string> => {
    const id = kept ?? textOf(storage.get(DEVICE_ID)) ?? hexEncode(await random.take(16))
    if (kept === undefined) {
      // Calls that start together are of one device, and so are those of a host that keeps nothing.
      kept = id
      storage.set(DEVICE_ID, id)
    }
    return kept
  }
  return {
    setCustom(info) {
      custom = info
    },
    async body(data) {
      const said = host.info()
      const deviceId = textOf(said['deviceId']) ?? (await ownDeviceId())
      const info = Object.assign({ uniPlatform: host.platform }, said, { appId, deviceId })
      const { uniPlatform, osName, locale } = info as Readonly<Record<string, unknown>>
      const old = { PLATFORM: uniPlatform, OS: osName, APPID: appId, DEVICEID: deviceId, LOCALE: locale }
      const uniIdToken = textOf(storage.get('uni_id_token')) ?? textOf(storage.get('uniIdToken'))
      return { spaceId, data, clientInfo: Object.assign({}, custom, old, info), uniIdToken }
    },
  }
}
