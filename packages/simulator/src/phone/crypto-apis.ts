import { isQq } from '../state/apps.ts'
import { asyncApi, callApi, callWithoutPromise } from './api-call.ts'
import type { AsyncApi, Callbacks, Ok } from './api-call.ts'
import type { Place } from './place.ts'
import { WxError } from './wx-error.ts'

/** What getLatestUserKey gives. `expireTime` is in ms since the epoch (switch `expireTimeUnit`). */
export interface LatestUserKey extends Ok {
  readonly encryptKey: string
  readonly iv: string
  readonly version: number
  readonly expireTime: number
}

/** Random bytes. */
export interface RandomValues extends Ok {
  readonly randomValues: ArrayBuffer
}

/** wx.getUserCryptoManager(): neither of its calls returns a Promise. */
export interface UserCryptoManager {
  getLatestUserKey(options?: Callbacks<LatestUserKey>): void
  getRandomValues(options: Callbacks<RandomValues> & { readonly length: number }): void
}

/** The crypto part of `wx`. */
export interface CryptoApis {
  getUserCryptoManager(): UserCryptoManager
  readonly getRandomValues: AsyncApi<RandomValues, { readonly length: number }>
}

const RANDOM_MAX_BYTES = 1_048_576

/** Binds the crypto APIs to a place. */
export function createCryptoApis(place: Place): CryptoApis {
  const { platform, member, app } = place

  const randomValues = (length: number): { readonly randomValues: ArrayBuffer } => {
    place.failIfAsked('getRandomValues')
    if (!Number.isInteger(length) || length < 1 || length > RANDOM_MAX_BYTES) {
      throw new WxError('getRandomValues', 'invalid random value length', 109001)
    }
    const bytes = platform.random.bytes(`wx-random ${app().appid} ${member.user.id}`, length)
    return { randomValues: Uint8Array.from(bytes).buffer }
  }
  const latestUserKey = (): Omit<LatestUserKey, 'errMsg'> => {
    place.failIfAsked('getLatestUserKey')
    if (isQq(app())) throw new WxError('getLatestUserKey', 'not supported')
    const key = platform.userKeys.latest(app(), member.user.id)
    const unit = platform.switches.get('expireTimeUnit', app()) === 's' ? 1000 : 1
    return {
      encryptKey: key.encryptKey,
      iv: key.iv,
      version: key.version,
      expireTime: Math.floor(key.expiresAt / unit),
    }
  }
  const manager: UserCryptoManager = {
    getLatestUserKey: (options = {}) => callWithoutPromise('getLatestUserKey', options, latestUserKey),
    getRandomValues: (options) => callWithoutPromise('getRandomValues', options, () => randomValues(options.length)),
  }

  return {
    getUserCryptoManager: () => manager,
    getRandomValues: asyncApi((options) => callApi('getRandomValues', options, () => randomValues(options.length))),
  }
}
